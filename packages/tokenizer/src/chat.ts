export { applyChatTemplate, type ChatInput, type ChatMessage, type RenderedChat } from './chat/chat-template.ts'
