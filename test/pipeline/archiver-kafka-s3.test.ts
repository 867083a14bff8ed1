import { bucketOfTest, kafkaLogOfTest } from '../support/archiver-stage.ts'
import { describeWith, testKafka, testS3 } from '../support/servers.ts'
import { describeArchiver } from './archiver-suite.ts'

await describeWith(
  () => Promise.all([testKafka(), testS3()]),
  'Kafka and S3',
  ([{ brokers }, s3]) => {
    describeArchiver('Kafka and S3', async () => ({
      log: kafkaLogOfTest(brokers),
      archive: await bucketOfTest(s3),
    }))
  },
)
