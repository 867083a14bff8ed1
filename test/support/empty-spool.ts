import type { Archive } from '@millrace/archive/archive'

/** The archive as a loader sees it that nothing was spooled into. */
export const emptySpool: Pick<Archive, 'list'> = { list: async function* () {} }
