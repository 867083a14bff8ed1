import kafkajs from 'kafkajs'
import type { KafkaAdmin } from './create-admin.ts'

/** A topic's settings by name, as `retention.ms`: those asked for, or all of them. @throws what kafkajs throws. */
export async function readTopicSettings(
  admin: KafkaAdmin,
  topic: string,
  names?: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const resource = {
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name: topic,
    ...(names && { configNames: [...names] }),
  }
  const { resources } = await admin.ask((kafka) =>
    kafka.describeConfigs({ includeSynonyms: false, resources: [resource] }),
  )
  return new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]))
}
