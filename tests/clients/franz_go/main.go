// SPDX-License-Identifier: Apache-2.0

// franz-go behind the driver protocol of tests/clients/driven_case.py: a JSON request a line, a JSON answer a line.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const giveUp = 60 * time.Second

// The client's own answers about topics are at most so old.
const fresh = 50 * time.Millisecond

// Every request of the protocol has some of these.
type request struct {
	Do         string             `json:"do"`
	Topic      string             `json:"topic"`
	Partition  *int32             `json:"partition"`
	Partitions json.RawMessage    `json:"partitions"` // a list to read, or a number to create
	Records    [][]any            `json:"records"`
	Codec      string             `json:"codec"`
	Idempotent bool               `json:"idempotent"`
	Largest    int32              `json:"largest"`
	Start      int64              `json:"start"`
	Count      *int               `json:"count"`
	Times      []int64            `json:"times"`
	Value      *string            `json:"value"`
	Group      string             `json:"group"`
	Members    int                `json:"members"`
	Each       int                `json:"each"`
	Total      int                `json:"total"`
	Before     int64              `json:"before"`
	Configs    map[string]*string `json:"configs"`
}

type answer map[string]any

type driver struct {
	address string
	admin   *kadm.Client
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		info, _ := debug.ReadBuildInfo()
		for _, each := range info.Deps {
			if each.Path == "github.com/twmb/franz-go" {
				fmt.Println(each.Version)
			}
		}
		return
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Args[1]), kgo.MetadataMinAge(fresh))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	d := &driver{os.Args[1], kadm.NewClient(client)}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		var r request
		var got answer
		if err = json.Unmarshal(line, &r); err == nil {
			got, err = d.answer(r)
		}
		if err != nil {
			got = answer{"failed": err.Error()}
		}
		out.Encode(got)
	}
}

func (d *driver) answer(r request) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), giveUp)
	defer cancel()
	switch r.Do {
	case "produce":
		return d.produce(ctx, r)
	case "read":
		return d.read(ctx, r)
	case "ends":
		return d.ends(ctx, r.Topic, *r.Partition)
	case "offsets_at":
		return d.offsetsAt(ctx, r)
	case "tail":
		return d.tail(ctx, r)
	case "group_read":
		return d.groupRead(ctx, r)
	case "share":
		return d.share(ctx, r)
	case "groups":
		groups, err := d.admin.ListGroups(ctx)
		return answer{"groups": groups.Groups()}, err
	case "topics":
		time.Sleep(fresh)
		topics, err := d.admin.ListTopics(ctx)
		return answer{"topics": topics.Names()}, err
	case "cluster":
		brokers, err := d.admin.ListBrokers(ctx)
		return answer{"nodes": brokers.NodeIDs()}, err
	case "describe":
		return d.describe(ctx, r.Topic)
	}
	return nameOf(d.change(ctx, r))
}

// change is what alters something; the error is the broker's.
func (d *driver) change(ctx context.Context, r request) error {
	switch r.Do {
	case "create_topic":
		var partitions int32
		if err := json.Unmarshal(r.Partitions, &partitions); err != nil {
			return err
		}
		_, err := d.admin.CreateTopic(ctx, partitions, 1, r.Configs, r.Topic)
		return err
	case "delete_topic":
		_, err := d.admin.DeleteTopic(ctx, r.Topic)
		return err
	case "create_partitions":
		done, err := d.admin.UpdatePartitions(ctx, r.Total, r.Topic)
		return errors.Join(err, done.Error())
	case "delete_records":
		var offsets kadm.Offsets
		offsets.AddOffset(r.Topic, *r.Partition, r.Before, -1)
		done, err := d.admin.DeleteRecords(ctx, offsets)
		return errors.Join(err, done.Error())
	case "alter_configs":
		var changes []kadm.AlterConfig
		for name, value := range r.Configs {
			changes = append(changes, kadm.AlterConfig{Op: kadm.SetConfig, Name: name, Value: value})
		}
		done, err := d.admin.AlterTopicConfigs(ctx, changes, r.Topic)
		for _, each := range done {
			err = errors.Join(err, each.Err)
		}
		return err
	}
	return fmt.Errorf("no such request: %s", r.Do)
}

func nameOf(err error) (answer, error) {
	var known *kerr.Error
	if err == nil {
		return answer{"error": nil}, nil
	}
	if errors.As(err, &known) {
		return answer{"error": known.Message}, nil
	}
	return nil, err
}

func bytesOf(text any) []byte {
	if text == nil {
		return nil
	}
	data, _ := base64.StdEncoding.DecodeString(text.(string))
	return append([]byte{}, data...)
}

func text(data []byte) any {
	if data == nil {
		return nil
	}
	return base64.StdEncoding.EncodeToString(data)
}

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func (d *driver) produce(ctx context.Context, r request) (answer, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(d.address), kgo.MetadataMinAge(fresh), kgo.ProducerBatchCompression(codecs[r.Codec]), kgo.ProducerLinger(5 * time.Millisecond),
		kgo.AllowAutoTopicCreation(), kgo.ProducerBatchMaxBytes(r.Largest), kgo.MaxBufferedRecords(100_000),
	}
	if !r.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	if r.Partition != nil {
		options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	done := make([][3]any, len(r.Records))
	for number, each := range r.Records {
		record := &kgo.Record{Topic: r.Topic, Key: bytesOf(each[0]), Value: bytesOf(each[1])}
		for _, header := range each[2].([]any) {
			pair := header.([]any)
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: pair[0].(string), Value: bytesOf(pair[1])})
		}
		if each[3] != nil {
			record.Timestamp = time.UnixMilli(int64(each[3].(float64)))
		}
		if r.Partition != nil {
			record.Partition = *r.Partition
		}
		client.Produce(ctx, record, func(sent *kgo.Record, err error) {
			if err == nil {
				done[number] = [3]any{sent.Partition, sent.Offset, nil}
				return
			}
			var known *kerr.Error
			name := err.Error()
			if errors.As(err, &known) {
				name = known.Message
			}
			done[number] = [3]any{-1, -1, name}
		})
	}
	return answer{"done": done}, client.Flush(ctx)
}

func (d *driver) assigned(topic string, partitions []int32, start kgo.Offset) (*kgo.Client, error) {
	where := map[int32]kgo.Offset{}
	for _, each := range partitions {
		where[each] = start
	}
	return kgo.NewClient(kgo.SeedBrokers(d.address), kgo.MetadataMinAge(fresh), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: where}))
}

func asRecord(record *kgo.Record) []any {
	headers := [][2]any{}
	for _, each := range record.Headers {
		headers = append(headers, [2]any{each.Key, text(each.Value)})
	}
	return []any{record.Partition, record.Offset, text(record.Key), text(record.Value), headers, record.Timestamp.UnixMilli()}
}

func (d *driver) read(ctx context.Context, r request) (answer, error) {
	var partitions []int32
	if err := json.Unmarshal(r.Partitions, &partitions); err != nil {
		return nil, err
	}
	client, err := d.assigned(r.Topic, partitions, kgo.NewOffset().At(r.Start))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	wanted := 0
	if r.Count != nil {
		wanted = *r.Count
	} else {
		ends, err := d.admin.ListEndOffsets(ctx, r.Topic)
		if err != nil {
			return nil, err
		}
		for _, each := range partitions {
			end, _ := ends.Lookup(r.Topic, each)
			wanted += int(end.Offset - r.Start)
		}
	}
	records := [][]any{}
	for len(records) < wanted {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(each *kgo.Record) { records = append(records, asRecord(each)) })
	}
	return answer{"records": records}, nil
}

func (d *driver) ends(ctx context.Context, topic string, partition int32) (answer, error) {
	begins, err := d.admin.ListStartOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	ends, err := d.admin.ListEndOffsets(ctx, topic)
	begin, _ := begins.Lookup(topic, partition)
	end, _ := ends.Lookup(topic, partition)
	return answer{"begin": begin.Offset, "end": end.Offset}, err
}

func (d *driver) offsetsAt(ctx context.Context, r request) (answer, error) {
	found := []any{}
	for _, at := range r.Times {
		offsets, err := d.admin.ListOffsetsAfterMilli(ctx, at, r.Topic)
		if err != nil {
			return nil, err
		}
		offset, _ := offsets.Lookup(r.Topic, *r.Partition)
		if offset.Timestamp < 0 { // franz-go says the end where there is none
			found = append(found, nil)
		} else {
			found = append(found, offset.Offset)
		}
	}
	return answer{"found": found}, nil
}

// tail waits at the end, sends a record, and gives what comes.
func (d *driver) tail(ctx context.Context, r request) (answer, error) {
	client, err := d.assigned(r.Topic, []int32{*r.Partition}, kgo.NewOffset().AtEnd())
	if err != nil {
		return nil, err
	}
	defer client.Close()
	early, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if fetches := client.PollFetches(early); fetches.NumRecords() > 0 {
		return nil, errors.New("records beyond the end")
	}
	record := &kgo.Record{Topic: r.Topic, Partition: *r.Partition, Value: bytesOf(*r.Value)}
	if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
		return nil, err
	}
	fetches := client.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		return nil, err
	}
	got := fetches.Records()[0]
	return answer{"offset": got.Offset, "value": text(got.Value)}, nil
}

func (d *driver) member(r request, options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options, kgo.SeedBrokers(d.address), kgo.MetadataMinAge(fresh), kgo.ConsumerGroup(r.Group), kgo.ConsumeTopics(r.Topic),
		kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
}

func (d *driver) groupRead(ctx context.Context, r request) (answer, error) {
	client, err := d.member(r)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	records := [][2]any{}
	for len(records) < *r.Count {
		fetches := client.PollRecords(ctx, *r.Count-len(records))
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(each *kgo.Record) { records = append(records, [2]any{each.Partition, each.Offset}) })
	}
	return answer{"records": records}, client.CommitUncommittedOffsets(ctx)
}

// share runs members until each has as many partitions as asked for, and gives them.
func (d *driver) share(ctx context.Context, r request) (answer, error) {
	var mutex sync.Mutex
	parts := make([]map[int32]bool, r.Members)
	for index := range parts {
		parts[index] = map[int32]bool{}
		change := func(has bool) func(context.Context, *kgo.Client, map[string][]int32) {
			return func(_ context.Context, _ *kgo.Client, some map[string][]int32) {
				mutex.Lock()
				defer mutex.Unlock()
				for _, each := range some[r.Topic] {
					if has {
						parts[index][each] = true
					} else {
						delete(parts[index], each)
					}
				}
			}
		}
		client, err := d.member(r, kgo.OnPartitionsAssigned(change(true)), kgo.OnPartitionsRevoked(change(false)),
			kgo.OnPartitionsLost(change(false)))
		if err != nil {
			return nil, err
		}
		defer client.Close()
	}
	for ctx.Err() == nil {
		mutex.Lock()
		lists := [][]int32{}
		shared := true
		for _, part := range parts {
			list := []int32{}
			for each := range part {
				list = append(list, each)
			}
			shared = shared && len(list) == r.Each
			lists = append(lists, list)
		}
		mutex.Unlock()
		if shared {
			return answer{"parts": lists}, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, ctx.Err()
}

func (d *driver) describe(ctx context.Context, topic string) (answer, error) {
	topics, err := d.admin.ListTopics(ctx, topic)
	if err != nil {
		return nil, err
	}
	described, err := d.admin.DescribeTopicConfigs(ctx, topic)
	if err != nil {
		return nil, err
	}
	configs := map[string]string{}
	for _, each := range described[0].Configs {
		configs[each.Key] = each.MaybeValue()
	}
	return answer{"partitions": len(topics[topic].Partitions), "configs": configs}, described[0].Err
}
