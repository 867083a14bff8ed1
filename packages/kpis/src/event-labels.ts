import { eventCatalogue } from '@millrace/contracts/event-catalogue'

/** Names of events that are labels on gauges; a custom event's becomes `other`. */
export const eventLabels: readonly string[] = [...eventCatalogue.map(({ name }) => name), 'identify', 'alias']
