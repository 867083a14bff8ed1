import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { cachedInstall } from './cached-install.ts'
import { runInstaller, succeeds } from './run-installer.ts'
import { ServerMissing } from './server-missing.ts'

export const KAFKA_VERSION = '4.3.1'
/** Without a binding for its logging Kafka says nothing at all. */
const LOGGING_VERSION = '2.25.4'
const ADVICE =
  'Install Java 17 or later and Maven, or start a container engine, or set TEST_KAFKA_BROKERS to a Kafka of your own.'

/** The folder with Kafka's jars. @throws ServerMissing */
export async function installKafka(): Promise<string> {
  if (!(await succeeds('java', ['-version']))) throw new ServerMissing(`There is no Java. ${ADVICE}`)
  const folder = await cachedInstall({
    title: `Kafka ${KAFKA_VERSION}`,
    name: `kafka-${KAFKA_VERSION}`,
    how: 'with Maven, 45 MB',
    advice: ADVICE,
    make: fetchJars,
  })
  return path.join(folder, 'libs')
}

async function fetchJars(folder: string): Promise<void> {
  const pom = path.join(folder, 'pom.xml')
  const libs = path.join(folder, 'libs')
  await mkdir(libs)
  await writeFile(pom, POM)
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${libs}`]
  // Java believes the password file rather than HOME, which in a container may name a home that is not there.
  const options = `${process.env.MAVEN_OPTS ?? ''} -Duser.home=${homedir()}`
  await runInstaller('mvn', ['-B', '-q', '-f', pom, ...copy], { cwd: folder, env: { MAVEN_OPTS: options } })
  await rm(pom)
}

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.test</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOGGING_VERSION)}
  </dependencies>
</project>
`
