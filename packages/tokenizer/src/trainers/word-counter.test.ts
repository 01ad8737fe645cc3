import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ArgumentError } from '../errors.ts'
import { createBpeTrainer } from './bpe-trainer.ts'
import { WordCounter } from './word-counter.ts'

const word = (text: string) => new TextEncoder().encode(text)

function countsOf({ words }: WordCounter): Map<string, number> {
  return new Map(
    Array.from({ length: words.size }, (_, i) => [new TextDecoder().decode(words.bytesOf(i)), words.countOf(i)]),
  )
}

it('never remembers more words than it may, and keeps count of those that come often', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 1, max: 500 }), (maxWords, rare) => {
      const counter = new WordCounter(undefined, undefined, { maxWords })
      counter.words.add(word('often'), 0, 5, 1e6)
      for (let i = 0; i < rare; i++) {
        counter.feed(`once${i}`)
        counter.feed('often')
        expect(counter.words.size).toBeLessThanOrEqual(maxWords)
      }
      expect(countsOf(counter).get('often')).toBe(1e6 + rare)
    }),
  )
})

it('forgets nothing below the limit', () => {
  const counter = new WordCounter(undefined, undefined, { maxWords: 3 })
  for (const text of ['a', 'b', 'c', 'a']) counter.feed(text)
  expect(countsOf(counter)).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]),
  )
})

it('refuses a limit below one', () => {
  expect(() => createBpeTrainer({ maxWords: 0 })).toThrow(ArgumentError)
})
