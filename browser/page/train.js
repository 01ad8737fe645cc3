// What a user would write; every bundler takes it as it is, and Node runs it too.
import { grad } from '@wids/autograd'
import { AdamW, crossEntropy, GELU, Linear, Sequential } from '@wids/nn'
import { compile, manualSeed, randint, randn, realize } from '@wids/tensor'

/** Losses of ten steps, a sum, and a checksum of all weights behind them. */
export async function train() {
  manualSeed(1)
  const model = new Sequential(new Linear(256, 512), new GELU(), new Linear(512, 10))
  const optimizer = new AdamW(model.parameters(), { lr: 1e-3 })
  const [x, y] = [randn([256, 256]), randint(0, 10, [256])]
  await realize(x, y)
  const step = compile(() => {
    const loss = crossEntropy(model.forward(x), y)
    optimizer.step(grad(loss, model.parameters()))
    return loss
  })
  const losses = []
  for (let i = 0; i < 10; i++) {
    losses.push(await step().item())
    await new Promise(resolve => setTimeout(resolve, 20)) // threads start meanwhile
  }
  const weights = await Promise.all(model.parameters().map(parameter => parameter.data()))
  return { losses, sum: await x.sum().item(), weights: weights.map(checksum) }
}

/** FNV-1a over the bytes of an array. */
function checksum(array) {
  let hash = 0x811c9dc5
  for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
