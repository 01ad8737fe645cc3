import {
  type Application,
  Comment,
  CommentTag,
  type Context,
  Converter,
  type DeclarationReflection,
  type Reflection,
  ReflectionKind,
  ReflectionType,
  type SignatureReflection,
} from 'typedoc'
import ts from 'typescript'

/** A TypeDoc plugin for what our sources say without tags; it runs before TypeDoc resolves comments and groups. */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, context => {
    for (const module of context.project.getChildrenByKind(ReflectionKind.Module)) {
      module.name = module.name.replace(/\/src(?=\/|$)/, '') // 'tokenizer/src/chat' becomes 'tokenizer/chat'
      for (const member of module.children ?? []) groupByFolder(context, member)
    }
    for (const field of ofKind(context, ReflectionKind.Property)) takeTrailingComment(context, field)
    for (const signature of ofKind(context, ReflectionKind.SomeSignature)) nameOptions(signature as SignatureReflection)
    leaveOutInherited(context)
  })
}

const ofKind = (context: Context, kind: ReflectionKind): Reflection[] => context.project.getReflectionsByKind(kind)

const declarationOf = (context: Context, reflection: Reflection): ts.Node | undefined =>
  context.getSymbolFromReflection(reflection)?.declarations?.[0]

/** What lies in `src/losses/` is listed under 'losses', what lies in `src/` under 'main'. */
function groupByFolder(context: Context, member: DeclarationReflection): void {
  const file = declarationOf(context, member)?.getSourceFile().fileName
  const folder = /\/src\/([^/]+)\//.exec(file ?? '')?.[1] ?? 'main'
  for (const { comment } of [member, ...(member.signatures ?? [])])
    comment?.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: folder }]))
}

/** `weight: Tensor // [out, in]` documents the field `weight`. */
function takeTrailingComment(context: Context, field: Reflection): void {
  const node = declarationOf(context, field)
  if (node === undefined || field.comment !== undefined) return
  const text = node.getSourceFile().text
  const comment = ts.getTrailingCommentRanges(text, node.end)?.find(range => text.startsWith('//', range.pos))
  if (comment !== undefined)
    field.comment = new Comment([{ kind: 'text', text: text.slice(comment.pos + 2, comment.end).trim() }])
}

/** A destructured parameter is called `options`; `@param delta` documents its field `delta`. */
function nameOptions(signature: SignatureReflection): void {
  for (const parameter of signature.parameters ?? []) {
    if (parameter.name !== '__namedParameters') continue
    parameter.name = 'options'
    const fields = parameter.type instanceof ReflectionType ? parameter.type.declaration.children : undefined
    for (const tag of signature.comment?.blockTags ?? [])
      if (tag.tag === '@param' && fields?.some(field => field.name === tag.name)) tag.name = `options.${tag.name}`
  }
}

/** What a class has from another that has a page of its own stands there. */
function leaveOutInherited(context: Context): void {
  const documented = new Set(
    ofKind(context, ReflectionKind.ClassOrInterface).map(owner => declarationOf(context, owner)),
  )
  for (const member of ofKind(context, ReflectionKind.ClassMember)) {
    const owner = declarationOf(context, member)?.parent
    if (member.parent && owner !== declarationOf(context, member.parent) && documented.has(owner))
      context.project.removeReflection(member)
  }
}
