import type { ReplayStep } from '@millrace/loader/create-replay'

/** A line of progress; `seconds` since the replay began. */
export function describeStep(step: ReplayStep, seconds: number): string {
  switch (step.kind) {
    case 'reading': {
      const rate = Math.round(step.records / Math.max(seconds, 0.001))
      return `${step.objects} of ${step.of} objects, ${step.records} events replayed, ${rate}/s`
    }
    case 'waiting':
      return `${step.records} records are still to be archived`
    case 'comparing':
      return `comparing ${step.table}`
    case 'locked':
      return 'loaders wait'
    case 'swapping':
      return `replacing rows of ${step.table}`
    case 'unlocked':
      return 'loaders go on'
    case 'mending':
      return `adding up ${step.table}`
  }
}
