import { defineDifference } from '../define-kpi.ts'
import { revenueGross } from './revenue-gross.ts'
import { revenueRefunds } from './revenue-refunds.ts'

export const revenueNet = defineDifference({
  name: 'revenue_net',
  title: 'Revenue, net',
  help: 'Gross revenue less the refunds of the same day, by currency.',
  unit: 'money',
  owner: 'sales',
  minuend: revenueGross,
  subtrahend: revenueRefunds,
})
