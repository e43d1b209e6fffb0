// SPDX-License-Identifier: Apache-2.0
// The Java client behind the driver protocol of tests/clients/driven_case.py: a JSON request a line, a JSON answer a line.
// Run from source: java -cp 'JARS/*' Driver.java HOST:PORT

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Driver {
  static final ObjectMapper json = new ObjectMapper();
  static final Duration SECOND = Duration.ofSeconds(1);
  static final long GIVE_UP_NANOS = 60_000_000_000L;

  final String address;
  final Admin admin;

  Driver(String address) {
    this.address = address;
    this.admin = Admin.create(Map.of("bootstrap.servers", address));
  }

  public static void main(String[] arguments) throws Exception {
    Driver driver = new Driver(arguments[0]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      ObjectNode answer = json.createObjectNode();
      try {
        driver.answer(json.readTree(line), answer);
      } catch (Exception failure) {
        failure.printStackTrace();
        answer.put("failed", failure.toString());
      }
      System.out.println(json.writeValueAsString(answer));
    }
    driver.admin.close(Duration.ZERO);
  }

  void answer(JsonNode request, ObjectNode answer) throws Exception {
    switch (request.get("do").asText()) {
      case "produce" -> produce(request, answer.putArray("done"));
      case "read" -> read(request, answer.putArray("records"));
      case "ends" -> ends(request, answer);
      case "offsets_at" -> offsetsAt(request, answer.putArray("found"));
      case "tail" -> tail(request, answer);
      case "group_read" -> groupRead(request, answer.putArray("records"));
      case "share" -> share(request, answer.putArray("parts"));
      case "groups" -> {
        ArrayNode groups = answer.putArray("groups");
        admin.listGroups().all().get().forEach(each -> groups.add(each.groupId()));
      }
      case "topics" -> {
        ArrayNode topics = answer.putArray("topics");
        admin.listTopics().names().get().forEach(topics::add);
      }
      case "cluster" -> {
        ArrayNode nodes = answer.putArray("nodes");
        for (Node each : admin.describeCluster().nodes().get()) nodes.add(each.id());
      }
      case "describe" -> describe(request, answer);
      default -> answer.put("error", change(request));
    }
  }

  /** Requests that change something; gives the error's name, or null. */
  String change(JsonNode request) throws Exception {
    String topic = request.get("topic").asText();
    return switch (request.get("do").asText()) {
      case "create_topic" -> {
        NewTopic wanted = new NewTopic(topic, request.get("partitions").asInt(), (short) 1);
        Map<String, String> configs = new HashMap<>();
        request.get("configs").fields().forEachRemaining(each -> configs.put(each.getKey(), each.getValue().asText()));
        yield errorOf(admin.createTopics(List.of(wanted.configs(configs))).all());
      }
      case "delete_topic" -> errorOf(admin.deleteTopics(List.of(topic)).all());
      case "create_partitions" ->
        errorOf(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(request.get("total").asInt()))).all());
      case "delete_records" -> {
        TopicPartition where = new TopicPartition(topic, request.get("partition").asInt());
        RecordsToDelete which = RecordsToDelete.beforeOffset(request.get("before").asLong());
        yield errorOf(admin.deleteRecords(Map.of(where, which)).all());
      }
      case "alter_configs" -> {
        List<AlterConfigOp> changes = new ArrayList<>();
        request.get("configs").fields().forEachRemaining(each -> changes.add(new AlterConfigOp(
            new ConfigEntry(each.getKey(), each.getValue().asText()), AlterConfigOp.OpType.SET)));
        yield errorOf(admin.incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes)).all());
      }
      default -> throw new IllegalArgumentException("no such request: " + request);
    };
  }

  static String errorOf(Future<?> future) throws InterruptedException {
    try {
      future.get();
      return null;
    } catch (ExecutionException failure) {
      return Errors.forException(failure.getCause()).name();
    }
  }

  static String errorOf(KafkaFuture<?> future) throws InterruptedException {
    return errorOf(future.toCompletionStage().toCompletableFuture());
  }

  static byte[] bytes(JsonNode node) {
    return node.isNull() ? null : Base64.getDecoder().decode(node.asText());
  }

  static String text(byte[] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }

  void produce(JsonNode request, ArrayNode done) throws Exception {
    Map<String, Object> options = new HashMap<>(Map.of("bootstrap.servers", address, "linger.ms", 5,
        "compression.type", request.get("codec").asText(), "enable.idempotence", request.get("idempotent").asBoolean(),
        "max.request.size", request.get("largest").asInt()));
    Integer partition = request.get("partition").isNull() ? null : request.get("partition").asInt();
    String topic = request.get("topic").asText();
    List<Future<RecordMetadata>> futures = new ArrayList<>();
    try (var producer = new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (JsonNode each : request.get("records")) {
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : each.get(2)) headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
        Long time = each.get(3).isNull() ? null : each.get(3).asLong();
        futures.add(producer.send(new ProducerRecord<>(topic, partition, time, bytes(each.get(0)), bytes(each.get(1)), headers)));
      }
      producer.flush();
    }
    for (Future<RecordMetadata> future : futures) {
      String error = errorOf(future);
      ArrayNode one = done.addArray();
      if (error == null) one.add(future.get().partition()).add(future.get().offset()).addNull();
      else one.add(-1).add(-1).add(error);
    }
  }

  KafkaConsumer<byte[], byte[]> consumer(String group) {
    Map<String, Object> options = Map.of("bootstrap.servers", address, "group.id", group, "enable.auto.commit", false,
        "auto.offset.reset", "earliest");
    return new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  KafkaConsumer<byte[], byte[]> assigned(List<TopicPartition> partitions) {
    var consumer = consumer("never-joined-" + UUID.randomUUID());
    consumer.assign(partitions);
    return consumer;
  }

  static TopicPartition partition(JsonNode request) {
    return new TopicPartition(request.get("topic").asText(), request.get("partition").asInt());
  }

  void read(JsonNode request, ArrayNode records) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (JsonNode each : request.get("partitions"))
      partitions.add(new TopicPartition(request.get("topic").asText(), each.asInt()));
    long start = request.get("start").asLong();
    try (var consumer = assigned(partitions)) {
      long wanted = 0;
      for (long end : consumer.endOffsets(partitions).values()) wanted += end - start;
      if (!request.get("count").isNull()) wanted = request.get("count").asLong();
      for (TopicPartition each : partitions) consumer.seek(each, start);
      long giveUp = System.nanoTime() + GIVE_UP_NANOS;
      while (records.size() < wanted && System.nanoTime() < giveUp)
        for (var each : consumer.poll(SECOND)) addRecord(records.addArray(), each);
    }
  }

  static void addRecord(ArrayNode one, ConsumerRecord<byte[], byte[]> record) {
    one.add(record.partition()).add(record.offset()).add(text(record.key())).add(text(record.value()));
    ArrayNode headers = one.addArray();
    for (Header each : record.headers()) headers.addArray().add(each.key()).add(text(each.value()));
    one.add(record.timestamp());
  }

  void ends(JsonNode request, ObjectNode answer) {
    TopicPartition where = partition(request);
    try (var consumer = assigned(List.of(where))) {
      answer.put("begin", consumer.beginningOffsets(List.of(where)).get(where));
      answer.put("end", consumer.endOffsets(List.of(where)).get(where));
    }
  }

  void offsetsAt(JsonNode request, ArrayNode found) {
    TopicPartition where = partition(request);
    try (var consumer = assigned(List.of(where))) {
      for (JsonNode time : request.get("times")) {
        OffsetAndTimestamp offset = consumer.offsetsForTimes(Map.of(where, time.asLong())).get(where);
        if (offset == null) found.addNull();
        else found.add(offset.offset());
      }
    }
  }

  /** Waits at the end, sends a record, and gives what comes. */
  void tail(JsonNode request, ObjectNode answer) throws Exception {
    TopicPartition where = partition(request);
    try (var consumer = assigned(List.of(where));
         var producer = new KafkaProducer<>(Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer())) {
      consumer.seekToEnd(List.of(where));
      if (!consumer.poll(SECOND).isEmpty()) throw new IllegalStateException("records beyond the end");
      producer.send(new ProducerRecord<>(where.topic(), where.partition(), null, bytes(request.get("value")))).get();
      for (var each : consumer.poll(Duration.ofSeconds(20))) answer.put("offset", each.offset()).put("value", text(each.value()));
    }
  }

  void groupRead(JsonNode request, ArrayNode records) {
    int wanted = request.get("count").asInt();
    try (var consumer = consumer(request.get("group").asText())) {
      consumer.subscribe(List.of(request.get("topic").asText()));
      Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
      long giveUp = System.nanoTime() + GIVE_UP_NANOS;
      while (records.size() < wanted && System.nanoTime() < giveUp)
        for (var each : consumer.poll(SECOND)) {
          if (records.size() == wanted) break;
          records.addArray().add(each.partition()).add(each.offset());
          next.put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.offset() + 1));
        }
      consumer.commitSync(next);
    }
  }

  void share(JsonNode request, ArrayNode parts) {
    List<KafkaConsumer<byte[], byte[]>> members = new ArrayList<>();
    for (int i = 0; i < request.get("members").asInt(); i++) {
      members.add(consumer(request.get("group").asText()));
      members.get(i).subscribe(List.of(request.get("topic").asText()));
    }
    int each = request.get("each").asInt();
    long giveUp = System.nanoTime() + GIVE_UP_NANOS;
    while (members.stream().anyMatch(one -> one.assignment().size() != each) && System.nanoTime() < giveUp)
      for (var one : members) one.poll(Duration.ofMillis(50));
    for (var one : members) {
      ArrayNode part = parts.addArray();
      one.assignment().forEach(where -> part.add(where.partition()));
      one.close();
    }
  }

  void describe(JsonNode request, ObjectNode answer) throws Exception {
    String topic = request.get("topic").asText();
    answer.put("partitions", admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size());
    ObjectNode configs = answer.putObject("configs");
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    for (ConfigEntry each : admin.describeConfigs(List.of(resource)).all().get().get(resource).entries())
      configs.put(each.name(), Optional.ofNullable(each.value()).orElse(""));
  }
}
