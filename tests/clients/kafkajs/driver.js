// SPDX-License-Identifier: Apache-2.0
// kafkajs behind the driver protocol of tests/clients/driven_case.py: a JSON request a line, a JSON answer a line.
// Run with NODE_PATH at the installed node_modules: node driver.js HOST:PORT
'use strict';
const readline = require('node:readline');
const { randomUUID } = require('node:crypto');
const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, Partitioners, logLevel } = require('kafkajs');
const lz4 = require('lz4js');
const snappy = require('kafkajs-snappy');
const { ZstdCodec } = require('zstd-codec');

const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING, retry: { retries: 3 } });
const admin = kafka.admin();
const CODECS = { none: 'None', gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' };
const GIVE_UP_MS = 60_000;
const BATCH = 1_000;

CompressionCodecs[CompressionTypes.Snappy] = snappy;
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }) => Buffer.from(lz4.compress(buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

// zstd-codec is WebAssembly that comes up on its own time.
const zstd = new Promise((resolve) => ZstdCodec.run((module) => resolve(new module.Simple())));
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }) => Buffer.from((await zstd).compress(new Uint8Array(buffer), 3)),
  decompress: async (buffer) => Buffer.from((await zstd).decompress(new Uint8Array(buffer))),
});

const bytes = (text) => (text === null ? null : Buffer.from(text, 'base64'));
const text = (data) => (data === null || data === undefined ? null : data.toString('base64'));

// kafkajs retries, and wraps what it gave up on.
function nameOf(failure) {
  for (let each = failure; each; each = each.cause ?? each.errors?.[0]) if (each.type) return each.type;
  throw failure;
}

async function errorOf(promise) {
  try {
    await promise;
    return null;
  } catch (failure) {
    return nameOf(failure);
  }
}

function asMessage([key, value, headers, timestamp]) {
  const named = {};
  for (const [name, header] of headers) (named[name] ??= []).push(bytes(header));
  const message = { key: bytes(key), value: bytes(value), headers: named };
  if (timestamp !== null) message.timestamp = String(timestamp);
  return message;
}

function asRecord(partition, { offset, key, value, headers, timestamp }) {
  const pairs = Object.entries(headers).flatMap(([name, some]) => [some].flat().map((each) => [name, text(each)]));
  return [partition, Number(offset), text(key), text(value), pairs, Number(timestamp)];
}

async function produce({ topic, partition, records, codec, idempotent }) {
  const producer = kafka.producer({
    idempotent, createPartitioner: Partitioners.DefaultPartitioner, ...(idempotent ? { maxInFlightRequests: 1 } : {}),
  });
  const done = [];
  await producer.connect();
  try {
    // One call is one batch, and its answer has the batch's first offset only; so records of a
    // chosen partition go in many, and those placed by their key alone.
    const size = partition === null ? 1 : BATCH;
    for (let at = 0; at < records.length; at += size) {
      const part = records.slice(at, at + size);
      const messages = part.map(asMessage);
      if (partition !== null) messages.forEach((each) => { each.partition = partition; });
      try {
        const [answer] = await producer.send({ topic, messages, compression: CompressionTypes[CODECS[codec]] });
        part.forEach((_, index) => done.push([answer.partition, Number(answer.baseOffset) + index, null]));
      } catch (failure) {
        const name = nameOf(failure);
        part.forEach(() => done.push([-1, -1, name]));
      }
    }
  } finally {
    await producer.disconnect();
  }
  return { done };
}

// Runs a member of `group` until `take` (given each batch) says that it is enough; then `last`, and leaves.
async function consume(group, topic, options, take, last = async () => {}) {
  const consumer = kafka.consumer({ groupId: group, maxBytesPerPartition: 8_000_000, ...options });
  await consumer.connect();
  let timer;
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: options.fromBeginning ?? true });
    const over = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no more records came')), GIVE_UP_MS);
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      options.seek?.(consumer);
      consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => { if (take(batch)) resolve(); },
      }).then(() => options.running?.(consumer), reject);
    });
    await over;
    await last(consumer);
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}

const between = async (topic, partition) => {
  const offsets = await admin.fetchTopicOffsets(topic);
  const found = offsets.find((each) => each.partition === partition);
  return { begin: Number(found.low), end: Number(found.high) };
};

// kafkajs has no assignment by hand: a group of its own for every reading.
async function read({ topic, partitions, start, count }) {
  const records = [];
  let wanted = count ?? 0;
  if (count === null) for (const each of partitions) wanted += (await between(topic, each)).end - start;
  await consume(`reader-${randomUUID()}`, topic, {
    running: (consumer) => {
      if (start > 0) partitions.forEach((partition) => consumer.seek({ topic, partition, offset: String(start) }));
    },
  }, (batch) => {
    const from = records.length === 0 ? start : 0;
    for (const each of batch.messages) if (Number(each.offset) >= from) records.push(asRecord(batch.partition, each));
    return records.length >= wanted;
  });
  return { records };
}

async function offsetsAt({ topic, partition, times }) {
  const found = [];
  const { end } = await between(topic, partition);
  for (const time of times) {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, time);
    const offset = Number(offsets.find((each) => each.partition === partition).offset);
    found.push(offset === end ? null : offset);  // kafkajs says the end where there is none
  }
  return { found };
}

// Waits at the end, sends a record, and gives what comes.
async function tail({ topic, partition, value }) {
  let answer;
  await consume(`tail-${randomUUID()}`, topic, {
    fromBeginning: false,
    seek: (consumer) => {
      const remove = consumer.on(consumer.events.FETCH, () => {
        remove();
        produce({ topic, partition, records: [[null, value, [], null]], codec: 'none', idempotent: false });
      });
    },
  }, (batch) => {
    const [first] = batch.messages;
    if (first) answer = { offset: Number(first.offset), value: text(first.value) };
    return answer;
  });
  return answer;
}

async function groupRead({ group, topic, count }) {
  const records = [];
  const next = new Map();
  await consume(group, topic, {}, (batch) => {
    for (const each of batch.messages) {
      if (records.length === count) break;
      records.push([batch.partition, Number(each.offset)]);
      next.set(batch.partition, Number(each.offset) + 1);
    }
    return records.length === count;
  }, (consumer) => consumer.commitOffsets(
    [...next].map(([partition, offset]) => ({ topic, partition, offset: String(offset) }))));
  return { records };
}

async function share({ group, topic, members, each }) {
  const parts = Array.from({ length: members }, () => []);
  const consumers = parts.map(() => kafka.consumer({ groupId: group }));
  try {
    await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('never shared')), GIVE_UP_MS).unref();
      consumers.forEach(async (consumer, index) => {
        consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
          parts[index] = payload.memberAssignment[topic] ?? [];
          if (parts.every((some) => some.length === each)) resolve();
        });
        try {
          await consumer.connect();
          await consumer.subscribe({ topics: [topic] });
          await consumer.run({ eachMessage: async () => {} });
        } catch (failure) {
          reject(failure);
        }
      });
    });
  } finally {
    await Promise.all(consumers.map((consumer) => consumer.disconnect()));
  }
  return { parts };
}

async function describe({ topic }) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  return {
    partitions: topics[0].partitions.length,
    configs: Object.fromEntries(resources[0].configEntries.map((each) => [each.configName, each.configValue])),
  };
}

const entries = (configs) => Object.entries(configs).map(([name, value]) => ({ name, value }));

async function createTopic({ topic, partitions, configs }) {
  const wanted = { topic, numPartitions: partitions, replicationFactor: 1, configEntries: entries(configs) };
  try {  // kafkajs answers false to a topic that exists already
    return { error: (await admin.createTopics({ topics: [wanted] })) ? null : 'TOPIC_ALREADY_EXISTS' };
  } catch (failure) {
    return { error: nameOf(failure) };
  }
}

const REQUESTS = {
  produce,
  read,
  offsets_at: offsetsAt,
  tail,
  describe,
  share,
  ends: ({ topic, partition }) => between(topic, partition),
  group_read: groupRead,
  groups: async () => ({ groups: (await admin.listGroups()).groups.map((each) => each.groupId) }),
  topics: async () => ({ topics: await admin.listTopics() }),
  cluster: async () => ({ nodes: (await admin.describeCluster()).brokers.map((each) => each.nodeId) }),
  create_topic: createTopic,
  delete_topic: async ({ topic }) => ({ error: await errorOf(admin.deleteTopics({ topics: [topic] })) }),
  create_partitions: async ({ topic, total }) =>
    ({ error: await errorOf(admin.createPartitions({ topicPartitions: [{ topic, count: total }] })) }),
  delete_records: async ({ topic, partition, before }) =>
    ({ error: await errorOf(admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] })) }),
  alter_configs: async ({ topic, configs }) => ({
    error: await errorOf(admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: entries(configs) }],
    })),
  }),
};

async function main() {
  await admin.connect();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = await REQUESTS[request.do](request);
    } catch (failure) {
      console.error(failure);
      answer = { failed: String(failure) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await admin.disconnect();
}

main();
