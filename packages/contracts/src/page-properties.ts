import { MAX_TEXT, MAX_URL } from './field.ts'
import type { ParsedContext } from './parsed-event.ts'

type Properties = Readonly<Record<string, unknown>>

/**
 * What Segment's `page` or `screen` says of the page. The client's library noted it by itself, so what does not fit
 * counts as absent.
 */
export function fromPageCall(sent: Properties, name: string | null | undefined): Properties {
  return {
    path: text(sent.path, MAX_URL) ?? pathOf(text(sent.url, MAX_URL)),
    title: text(sent.title, MAX_TEXT) ?? name ?? undefined,
    referrer: text(sent.referrer, MAX_URL),
  }
}

/** Fills in from `context.page` what the properties of page_viewed do not say. */
export function withContextPage(properties: Properties, { page }: ParsedContext): Properties {
  if (!page) return properties
  const filled: Record<string, unknown> = { ...properties }
  filled.path ??= page.path ?? pathOf(page.url)
  filled.title ??= page.title
  filled.referrer ??= page.referrer
  for (const key of Object.keys(filled)) if (filled[key] === undefined) delete filled[key]
  return filled
}

function text(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined
}

function pathOf(url: string | undefined): string | undefined {
  const path = url === undefined ? undefined : /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1]
  return path === undefined ? undefined : path || '/'
}
