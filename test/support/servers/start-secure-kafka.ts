import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { runInstaller } from './run-installer.ts'
import { type StartedKafka, startKafka } from './start-kafka.ts'
import { openFolder } from './temporary-folder.ts'

export interface SecureKafka extends StartedKafka {
  /** With a password: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, over a plain connection. */
  readonly sasl: string
  /** TLS without a password. */
  readonly tls: string
  /** Both. */
  readonly saslTls: string
  /** The self-signed certificate of 127.0.0.1 and localhost, as PEM. */
  readonly ca: string
  readonly username: string
  readonly password: string
}

const LISTENERS = { SASL: 'SASL_PLAINTEXT', TLS: 'SSL', SASLTLS: 'SASL_SSL' }
const SCRAMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512']

/** A Kafka of the caller's own that also listens with SASL, with TLS and with both. @throws ServerMissing */
export async function startSecureKafka(): Promise<SecureKafka> {
  const { folder, remove } = await openFolder('kafka-secure')
  const [username, password] = ['millrace', randomBytes(12).toString('hex')]
  try {
    const { ca, properties } = await makeCertificate(folder)
    const kafka = await startKafka({
      listeners: LISTENERS,
      properties: { ...properties, ...loginProperties(username, password) },
      formatArguments: SCRAMS.flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${username},password=${password}]`,
      ]),
    })
    const [sasl, tls, saslTls] = ['SASL', 'TLS', 'SASLTLS'].map(kafka.addresses) as [string, string, string]
    const stop = async (): Promise<void> => {
      await kafka.stop()
      await remove()
    }
    return { ...kafka, sasl, tls, saslTls, ca, username, password, stop }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Java brings keytool, so nothing else is needed. */
async function makeCertificate(
  folder: string,
): Promise<{ ca: string; properties: Readonly<Record<string, string>> }> {
  const keystore = path.join(folder, 'kafka.p12')
  const password = randomBytes(12).toString('hex')
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', password, '-alias', 'kafka']
  const names = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc=ca:true']
  await runInstaller('keytool', ['-genkeypair', '-keyalg', 'EC', '-validity', '30', ...names, ...store])
  const ca = await runInstaller('keytool', ['-exportcert', '-rfc', ...store])
  return {
    ca,
    properties: {
      'ssl.keystore.location': keystore,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': password,
    },
  }
}

function loginProperties(username: string, password: string): Readonly<Record<string, string>> {
  const modules = 'org.apache.kafka.common.security'
  const plain = `${modules}.plain.PlainLoginModule required user_${username}="${password}";`
  const scram = `${modules}.scram.ScramLoginModule required;`
  const properties: Record<string, string> = { 'sasl.enabled.mechanisms': ['PLAIN', ...SCRAMS].join() }
  for (const listener of ['sasl', 'sasltls']) {
    properties[`listener.name.${listener}.plain.sasl.jaas.config`] = plain
    for (const mechanism of SCRAMS)
      properties[`listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config`] = scram
  }
  return properties
}
