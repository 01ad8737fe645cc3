import base from '../../tsup.base.ts'

export default { ...base, entry: ['src/index.ts', 'src/chat.ts'] }
