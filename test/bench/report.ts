import type { Machine } from './process-stats.ts'

export interface Measured {
  readonly what: string
  readonly value: number
  readonly unit: string
}

export interface Section {
  readonly title: string
  readonly measured: readonly Measured[]
}

export function describeReport(machine: Machine, sections: readonly Section[]): string {
  const { cpu, cores, memoryGb, node, load } = machine
  const lines = [`${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, load ${load} at the start`]
  for (const { title, measured } of sections) {
    lines.push('', title)
    const width = Math.max(0, ...measured.map(({ what }) => what.length))
    for (const { what, value, unit } of measured) {
      lines.push(`  ${what.padEnd(width)}  ${shown(value).padStart(10)} ${unit}`)
    }
  }
  return lines.join('\n')
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

export function megabytes(bytes: number | undefined): number {
  return Math.round((bytes ?? Number.NaN) / 1024 / 1024)
}
