import { CharTokenizer, type Tokenizer, trainBpe } from '@wids/tokenizer'
import { expect, it } from 'vitest'
import { textPieces } from './textPieces.ts'

async function piecesOf(tokenizer: Tokenizer, ids: Iterable<number>): Promise<string[]> {
  const pieces: string[] = []
  async function* stream() {
    yield* ids
  }
  for await (const piece of textPieces(tokenizer, stream())) pieces.push(piece)
  return pieces
}

it('passes characters on one by one', async () => {
  const tokenizer = CharTokenizer.train('whale')
  expect(await piecesOf(tokenizer, tokenizer.encode('law'))).toEqual(['l', 'a', 'w'])
})

it('waits for the last byte of a character', async () => {
  const tokenizer = trainBpe('', { vocabSize: 256 }) // a token for each byte
  expect(await piecesOf(tokenizer, tokenizer.encode('né 🐋!'))).toEqual(['n', 'é', ' ', '🐋', '!'])
})

it('shows in the end what never became a character', async () => {
  const tokenizer = trainBpe('', { vocabSize: 256 })
  expect(await piecesOf(tokenizer, tokenizer.encode('a🐋').slice(0, 3))).toEqual(['a', '\uFFFD'])
})
