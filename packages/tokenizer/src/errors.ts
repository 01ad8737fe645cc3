/**
 * A value passed by the caller cannot be used.
 *
 * @example
 * try {
 *   tokenizer.encode('naïve')
 * } catch (error) {
 *   if (error instanceof ArgumentError) console.log(error.argument, error.position)
 * }
 */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
  /** The parameter or option that was refused. */
  readonly argument: string
  /** Where in the argument the trouble starts (UTF-16 units of a text, index of a list), where that makes sense. */
  readonly position: number | undefined

  constructor(message: string, argument: string, position?: number) {
    super(message)
    this.argument = argument
    this.position = position
  }
}

/**
 * A file or its content is not what it claims to be, or uses something this package does not know.
 *
 * @example
 * try {
 *   loadTokenizer(text)
 * } catch (error) {
 *   if (error instanceof FormatError) console.log(error.file, error.path)
 * }
 */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** The kind of file, such as `tokenizer.json`. */
  readonly file: string
  /** Where in the file: a JSON path such as `model.vocab`, or `line 12`. */
  readonly path: string | undefined

  constructor(message: string, file: string, path?: string, options?: ErrorOptions) {
    super(message, options)
    this.file = file
    this.path = path
  }
}
