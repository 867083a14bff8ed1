import type { Cluster, PartitionAssigner } from 'kafkajs'
import { AssignerProtocol } from 'kafkajs'
import { type Assignment, assignSticky, type GroupMember } from './assign-sticky.ts'

const NAME = 'millrace-sticky'
const VERSION = 1

/** What members of a group agree on with; `owned` is what this one has now. Topics with the prefix. */
export function createStickyAssigner(owned: () => Assignment): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    async assign({ members }) {
      const decoded = members.map(({ memberId, memberMetadata }) => readMember(memberId, memberMetadata))
      const topics = [...new Set(decoded.flatMap((member) => member.topics))]
      const partitions = new Map(topics.map((topic) => [topic, partitionsOf(cluster, topic)]))
      return [...assignSticky(decoded, partitions)].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: assignment as Record<string, number[]>,
          userData: Buffer.alloc(0),
        }),
      }))
    },
  })
}

function readMember(id: string, metadata: Buffer): GroupMember {
  const { topics = [], userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {}
  return { id, topics, owned: readOwned(userData) }
}

/** What a member says it has; nothing when it is another version's word. */
function readOwned(userData: Buffer | undefined): Assignment {
  try {
    return JSON.parse(userData?.toString() || '{}') as Assignment
  } catch {
    return {}
  }
}

/** Empty for a topic that this member does not read yet: the leader that does will share it out. */
function partitionsOf(cluster: Cluster, topic: string): readonly number[] {
  return cluster
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId }) => partitionId)
    .sort((a, b) => a - b)
}
