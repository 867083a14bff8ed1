import { expect, test } from 'vitest'
import { z } from 'zod'
import { bindHost, databaseUrl, logLevel, port, timeZone } from './config-fields.ts'
import { readConfig } from './read-config.ts'

const Config = z.object({
  DATABASE_URL: databaseUrl,
  BOARD_PORT: port(8081),
  BIND_HOST: bindHost,
  BUSINESS_TIME_ZONE: timeZone,
  LOG_LEVEL: logLevel.default('info'),
})
const DATABASE_URL = 'postgresql://shop@db/millrace'

test('what is not set, or set to nothing, has its default', () => {
  expect(readConfig(Config, { DATABASE_URL, BOARD_PORT: '', LOG_LEVEL: undefined })).toEqual({
    DATABASE_URL,
    BOARD_PORT: 8081,
    BIND_HOST: '127.0.0.1',
    BUSINESS_TIME_ZONE: 'UTC',
    LOG_LEVEL: 'info',
  })
})

test.each([
  ['DATABASE_URL', 'mysql://root:hunter2@db/x', 'expected postgresql://user@host/database'],
  ['DATABASE_URL', '', 'expected postgresql://user@host/database'],
  ['BOARD_PORT', 'hunter2', 'expected a port'],
  ['BOARD_PORT', '65536', 'expected a port'],
  ['BUSINESS_TIME_ZONE', 'Mars/hunter2', 'expected a time zone like Europe/Vienna'],
  ['LOG_LEVEL', 'hunter2', 'Invalid option: expected one of "debug"|"info"|"warn"|"error"|"silent"'],
])('%s=%s is named with what was expected, and not repeated', (name, value, expected) => {
  const read = () => readConfig(Config, { DATABASE_URL, [name]: value })
  expect(read).toThrow(`${name}: ${expected}`)
  expect(read).not.toThrow('hunter2')
})
