import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'

export const webVitalMeasured = defineEvent({
  name: 'web_vital_measured',
  description: 'A browser measured how fast a page felt; times in milliseconds, CLS without a unit.',
  activity: false,
  secretOnly: false,
  schema: z.object({
    name: z.enum(['CLS', 'FCP', 'FID', 'INP', 'LCP', 'TTFB']),
    value: z.number().min(0).max(1e9),
    rating: z.enum(['good', 'needs-improvement', 'poor']).optional(),
  }),
  example: { name: 'LCP', value: 1830.5, rating: 'good' },
})
