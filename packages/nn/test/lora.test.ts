import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { grad } from '@wids/autograd'
import { type GoldenTensor, readGolden, type Tolerance, tolerances } from '@wids/testing'
import { ArgumentError, compile, Generator, randn, type Tensor } from '@wids/tensor'
import { afterAll, describe, expect, it } from 'vitest'
import {
  AdamW,
  CheckpointError,
  FormatError,
  Linear,
  loadLora,
  Lora,
  Module,
  readSafetensors,
  saveLora,
} from '../src/index.ts'
import { expectGolden, make, type Numbers, onEachDevice, weighted } from './golden.ts'

/** Written by tools/golden/nn_lora.py with Hugging Face PEFT; `ours` by this test with WIDS_WRITE=1, and read there. */
const folder = fileURLToPath(new URL('goldens/lora', import.meta.url))
const golden = readGolden<{ base: Numbers; input: GoldenTensor; cases: readonly Case[] }>(
  new URL('goldens/lora/lora.json', import.meta.url),
)

const [first] = golden.cases as readonly [Case, ...Case[]]

interface Case {
  readonly options: { readonly r: number; readonly lora_alpha: number; readonly use_rslora?: boolean }
  readonly adapter: Numbers
  readonly output: GoldenTensor
  readonly gradients: Numbers
  readonly after: Numbers
  readonly merged: Numbers
}

class Network extends Module {
  layers = [new Linear(4, 6), new Linear(6, 5, { bias: false })]
  head = new Linear(5, 3)
  forward(x: Tensor): Tensor {
    return this.head.forward(this.layers.reduce((h, layer) => layer.forward(h).tanh(), x))
  }
}

const tensorsOf = (numbers: Numbers): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, make(value)]))

function createModel(): Network {
  const model = new Network()
  model.loadStateDict(tensorsOf(golden.base))
  return model
}

function createLora(model: Network, { options, adapter }: Case): Lora {
  const { r: rank, lora_alpha: alpha, use_rslora: rankStabilized } = options
  const lora = new Lora(model, { targets: ['0', 'head'], rank, alpha, rankStabilized })
  lora.loadStateDict(tensorsOf(adapter))
  return lora
}

async function expectAll(
  actual: Readonly<Record<string, Tensor>>,
  numbers: Numbers,
  tolerance: Tolerance = tolerances.rounded,
) {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(numbers).toSorted())
  for (const [name, value] of Object.entries(numbers)) await expectGolden(actual[name]!, value, tolerance, name)
}

const valuesIn = (model: Network): Promise<ArrayLike<number>[]> =>
  Promise.all(Object.values(model.stateDict()).map(value => value.data()))

const scratch = mkdtempSync(join(tmpdir(), 'wids-lora-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('adapters', () => {
  it('change nothing before they are trained', async () => {
    const model = createModel()
    const x = make(golden.input)
    const plain = await model.forward(x).data()
    const lora = new Lora(model, { targets: /./ })
    expect(await lora.apply(() => model.forward(x)).data()).toEqual(plain)
    expect(lora.paths).toEqual(['layers.0', 'layers.1', 'head'])
  })

  it('act within apply only, also after an error', async () => {
    const model = createModel()
    const lora = createLora(model, first)
    const x = make(golden.input)
    const plain = await model.forward(x).data()
    expect(() =>
      lora.apply(() => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(await model.forward(x).data()).toEqual(plain)
    expect(await lora.apply(() => model.forward(x)).data()).not.toEqual(plain)
  })

  it('drop inputs in training and not in evaluation', async () => {
    const model = createModel()
    const lora = new Lora(model, { targets: ['head'], dropout: 0.5, generator: new Generator(1) })
    lora.base_model.model['head']!.lora_B.weight.assign(randn([3, 8]))
    const output = (): Promise<unknown> => lora.apply(() => model.forward(make(golden.input))).data()
    expect(await output()).not.toEqual(await output())
    model.eval()
    expect(await output()).toEqual(await output())
  })

  it('reject layers that are not there, ranks, and merging twice', () => {
    const model = createModel()
    expect(() => new Lora(model, { targets: ['tail'] })).toThrow(
      new ArgumentError('Lora', 'tail means none of the linear layers, which are layers.0, layers.1, head'),
    )
    expect(() => new Lora(model, { targets: ['head'], rank: 0 })).toThrow(ArgumentError)
    expect(() => new Lora(model, { targets: ['head'], dropout: 1 })).toThrow(ArgumentError)
    const lora = new Lora(model, { targets: ['head'] })
    expect(() => lora.unmerge()).toThrow(ArgumentError)
    lora.merge()
    expect(() => lora.merge()).toThrow(ArgumentError)
  })
})

describe('files of adapters', () => {
  it('are read as PEFT wrote them', async () => {
    const model = createModel()
    const lora = await loadLora(join(folder, 'theirs'), model)
    expect([lora.rank, lora.alpha, lora.dropout, lora.rankStabilized]).toEqual([2, 6, 0, false])
    await expectGolden(
      lora.apply(() => model.forward(make(golden.input))),
      first.output,
    )
  })

  it("have PEFT's names, fields and metadata", async () => {
    const path = process.env['WIDS_WRITE'] === '1' ? join(folder, 'ours') : join(scratch, 'ours')
    if (existsSync(path)) rmSync(path, { recursive: true })
    await saveLora(path, createLora(createModel(), first))
    const [ours, theirs] = [path, join(folder, 'theirs')].map(
      at => JSON.parse(readFileSync(join(at, 'adapter_config.json'), 'utf8')) as Record<string, unknown>,
    ) as [Record<string, unknown>, Record<string, unknown>]
    expect(readdirSync(path).toSorted()).toEqual(readdirSync(join(folder, 'theirs')).toSorted())
    expect({ ...theirs, ...ours, target_modules: 0 }).toEqual({ ...theirs, target_modules: 0 })
    expect(ours['target_modules']).toEqual(['layers.0', 'head'])
    const [written, read] = await Promise.all(
      [path, join(folder, 'theirs')].map(at => readSafetensors(join(at, 'adapter_model.safetensors'))),
    )
    expect(written!.metadata).toEqual(read!.metadata)
    expect(Object.keys(written!.tensors).toSorted()).toEqual(Object.keys(read!.tensors).toSorted())
    for (const [name, value] of Object.entries(read!.tensors))
      expect(await written!.tensors[name]!.data()).toEqual(await value.data())
  })

  it('take the place of adapters, but not of a folder with other files', async () => {
    const [path, other] = [join(scratch, 'twice'), join(scratch, 'other')]
    await saveLora(path, new Lora(createModel(), { targets: ['head'], rank: 2 }))
    await saveLora(path, new Lora(createModel(), { targets: ['head'], rank: 3 }))
    expect((await loadLora(path, createModel())).rank).toBe(3)
    mkdirSync(other)
    writeFileSync(join(other, 'notes.txt'), 'mine')
    await expect(saveLora(other, new Lora(createModel(), { targets: ['head'] }))).rejects.toThrow(CheckpointError)
    expect([readdirSync(other), readdirSync(scratch).filter(name => name.startsWith('.tmp'))]).toEqual([
      ['notes.txt'],
      [],
    ])
  })

  it('keep a prefix that only files have', async () => {
    const lora = new Lora(createModel(), { targets: ['head'], prefix: 'transformer.', generator: new Generator(3) })
    await saveLora(join(scratch, 'prefixed'), lora)
    expect(lora.paths).toEqual(['transformer.head'])
    const again = await loadLora(join(scratch, 'prefixed'), createModel(), { prefix: 'transformer.' })
    for (const [name, value] of Object.entries(lora.stateDict()))
      expect(await again.stateDict()[name]!.data()).toEqual(await value.data())
    await expect(loadLora(join(scratch, 'prefixed'), createModel())).rejects.toThrow(ArgumentError)
  })

  it.each([
    ['{', 'it is not JSON'],
    ['{"peft_type":"IA3"}', 'does not describe LoRA'],
    ['{"peft_type":"LORA","r":2,"lora_alpha":6,"use_dora":true}', "'use_dora'"],
    ['{"peft_type":"LORA","r":2,"lora_alpha":6,"rank_pattern":{"head":4}}', "'rank_pattern'"],
    ['{"peft_type":"LORA","r":2,"lora_alpha":6,"bias":"all"}', "'bias'"],
    ['{"peft_type":"LORA","r":0,"lora_alpha":6}', 'r is no rank'],
    ['{"peft_type":"LORA","r":2,"lora_alpha":"6"}', 'lora_alpha'],
  ])('%s is refused', async (config, problem) => {
    const path = mkdtempSync(join(scratch, 'bad-'))
    writeFileSync(join(path, 'adapter_config.json'), config)
    const error: unknown = await loadLora(path, createModel()).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(FormatError)
    expect(String(error)).toContain(problem)
  })
})

onEachDevice('PEFT agrees about', () => {
  describe.each(golden.cases)('$options', c => {
    const x = (): Tensor => make(golden.input)

    it('names, output and gradients of adapters', async () => {
      const model = createModel()
      const lora = createLora(model, c)
      const output = lora.apply(() => model.forward(x()))
      await expectGolden(output, c.output)
      await expectAll(grad(weighted(output), lora.stateDict()), c.gradients, tolerances.gradient)
    })

    it('adapters after five steps of AdamW, which leave the model as it was', async () => {
      const model = createModel()
      const lora = createLora(model, c)
      const optimizer = new AdamW(lora.parameters(), { lr: 0.1 })
      const step = compile((x: Tensor) => {
        const loss = lora
          .apply(() => model.forward(x))
          .square()
          .mean()
        optimizer.step(grad(loss, lora.parameters()))
      })
      for (let i = 0; i < 5; i++) step(x())
      await expectAll(lora.stateDict(), c.after, tolerances.gradient)
      expect(await valuesIn(model)).toEqual(await valuesIn(createModel()))
    })

    it('merged weights, with which the model alone gives the same, and from which it comes back to the bit', async () => {
      const model = createModel()
      const lora = createLora(model, c)
      lora.merge()
      await expectAll(model.stateDict(), c.merged)
      await expectGolden(model.forward(x()), c.output)
      await expectGolden(
        lora.apply(() => model.forward(x())),
        c.output,
      )
      lora.unmerge()
      expect(await valuesIn(model)).toEqual(await valuesIn(createModel()))
    })
  })
})
