import { Fault } from '@millrace/contracts/fault'

const SEGMENT = /^(?!\.)[A-Za-z0-9._=-]{1,200}$/
const METADATA_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
/** Printable ASCII without spaces at its ends: what every store gives back as it was. */
const METADATA_VALUE = /^([!-~]([ -~]*[!-~])?)?$/
/** What S3 takes. */
const METADATA_BYTES = 2_000

/** Whether this is the key of an object, by what `Archive` says. */
export function isKey(key: string): boolean {
  return key.length <= 900 && key.split('/').every((segment) => SEGMENT.test(segment))
}

/** @throws Fault `contract_broken` for a key that is none, so that no key leads out of the archive. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw badKey('key')
}

/** @throws Fault `contract_broken` for what no key begins with. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/')
  const last = segments.pop() ?? ''
  const fine = segments.every((segment) => SEGMENT.test(segment)) && (last === '' || SEGMENT.test(last))
  if (!fine) throw badKey('prefix')
}

/** @throws Fault `contract_broken` for metadata that not every store keeps; it does not tell their values. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  let bytes = 0
  for (const [name, value] of Object.entries(metadata)) {
    bytes += name.length + value.length
    if (!METADATA_NAME.test(name)) {
      throw new Fault('contract_broken', `metadata: expected names like first_offset, not "${name}"`)
    }
    if (!METADATA_VALUE.test(value)) {
      throw new Fault('contract_broken', `metadata: expected printable ASCII as ${name}`)
    }
  }
  if (bytes > METADATA_BYTES) {
    throw new Fault('contract_broken', `metadata: expected at most ${METADATA_BYTES} bytes, not ${bytes}`)
  }
}

function badKey(field: string): Fault {
  return new Fault(
    'contract_broken',
    `${field}: expected segments of letters, digits, ".", "_", "=" and "-" joined by "/", none beginning with a dot`,
  )
}
