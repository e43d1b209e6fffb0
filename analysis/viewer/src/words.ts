// SPDX-License-Identifier: Apache-2.0
// Times, numbers and events in words.
import type { Run } from "./run.js";
import type { Fields, Value } from "./schema.js";

export function grouped(value: number | bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

// "8.073 s": as many digits as tell apart what is `precision` apart.
export function seconds(time: number, precision = 1e6): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(precision) - 1e-9)));
  const unit = 10 ** (9 - digits);  // what is behind the last digit is cut off, as the command line does
  return `${((Math.floor(time / unit) * unit) / 1e9).toFixed(digits)} s`;
}

export function plural(count: number, word: string): string { return `${grouped(count)} ${word}${count === 1 ? "" : "s"}`; }

export function bytes(count: number): string {
  if (count < 10_000) return `${grouped(count)} B`;
  return count < 10_000_000 ? `${grouped(Math.round(count / 1000))} kB` : `${grouped(Math.round(count / 1e6))} MB`;
}

export function offsets(from: number, to: number): string { return from === to ? `${from}` : `${from}..${to}`; }

function valueText(value: Value): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, 3).map(valueText).join(", ");
    return value.length > 3 ? `[${shown}, … ${grouped(value.length)} in all]` : `[${shown}]`;
  }
  if (typeof value === "object") return `{${fieldsText(value)}}`;
  return `${value}`;
}

export function fieldsText(fields: Fields): string {
  return Object.entries(fields).map(([name, value]) => `${name}: ${valueText(value)}`).join(", ");
}

export function fieldRows(fields: Fields): [string, string][] {
  const rows: [string, string][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "object" && !Array.isArray(value)) {
      for (const [inner, text] of fieldRows(value)) rows.push([`${name}.${inner}`, text]);
    } else {
      rows.push([name, valueText(value)]);
    }
  }
  return rows;
}

// Fields as the program that recorded the run named them; another version may have others.
type Teller = (fields: Record<string, any>) => string;
const TELLERS: Record<string, Teller> = {
  "client.send_invoked": (f) => `sends record ${f["send_id"]}`,
  "client.send_acked": (f) => `is told: record ${f["send_id"]} is at offset ${f["offset"]}`,
  "client.send_failed": (f) => `is told: record ${f["send_id"]} failed, ${f["error"]}`,
  "client.send_unknown": (f) => `gives up on record ${f["send_id"]}: ${f["error"]}`,
  "client.fetch_sent": (f) => `asks for offset ${f["offset"]} on`,
  "client.polled": (f) => `gets ${plural((f["records"] as Value[]).length, "record")}, high watermark ${f["high_watermark"]}`,
  "client.position_reset": (f) => `goes on at offset ${f["offset"]}: ${f["reason"]}`,
  "client.read_through": (f) => `has read ${f["start_offset"]}..${Number(f["end_offset"]) - 1}`,
  "broker.request": (f) => `${f["api"]} request of ${f["client_id"]}, ${bytes(f["bytes"])}`,
  "broker.acked": (f) => `acks offset ${offsets(f["base_offset"], f["last_offset"])}` +
    (f["promises_flush"] ? ", promising fsync" : ", promising no fsync"),
  "broker.refused": (f) => `refuses ${f["api"]}: ${f["error"]}`,
  "broker.log_dir_failed": (f) => `gives up ${f["directory"]}: ${f["reason"]}`,
  "broker.started": (f) => `serves ${f["endpoint"]}`,
  "log.appended": (f) => `appends ${offsets(f["batch"]["base_offset"], f["batch"]["last_offset"])} to ${f["topic"]}-${f["partition"]}`,
  "log.flushed": (f) => `${f["topic"]}-${f["partition"]}: all before ${f["end_offset"]} is durable, it says`,
  "log.file": (f) => `${f["topic"]}-${f["partition"]} goes on in ${f["path"]}`,
  "log.recovered": (f) => `${f["topic"]}-${f["partition"]} comes back ` +
    (f["end_offset"] === f["start_offset"] ? `empty, at offset ${f["end_offset"]}` : `with ${f["start_offset"]}..${Number(f["end_offset"]) - 1}`),
  "log.audited": (f) => `${f["topic"]}-${f["partition"]} holds ${f["start_offset"]}..${Number(f["end_offset"]) - 1}, indexes ${f["indexes_match"] ? "match" : "differ"}`,
  "log.truncated": (f) => `${f["topic"]}-${f["partition"]} is cut at ${f["end_offset"]}: ${f["reason"]}`,
  "log.fenced": (f) => `${f["topic"]}-${f["partition"]} takes no more writes: ${f["reason"]}`,
  "disk.write": (f) => `writes ${bytes(f["length"])} at ${grouped(f["offset"])}`,
  "disk.sync": (f) => `fsync: ${bytes(f["bytes"])} reach the platter`,
  "disk.sync_directory": (f) => `fsync of a directory: ${plural(f["changes"], "name")} reach the platter`,
  "disk.name": (f) => `${String(f["change"]).replaceAll("_", " ")} ${f["path"]}`,
  "disk.lost": (f) => `${bytes(f["length"])} at ${grouped(f["offset"])} are dropped: ${f["why"]}`,
  "disk.damaged": (f) => `${bytes(f["length"])} at ${grouped(f["offset"])} are damaged: ${f["why"]}`,
  "disk.error": (f) => `${f["action"]} fails: ${f["error"]}`,
  "disk.power_loss": (f) => f["bytes"] === 0 ? "nothing unsynced was there" : `${bytes(f["bytes"])} of ${f["files"]} files are gone`,
  "disk.file_loss": (f) => `${f["path"]}: ${bytes(f["lost_bytes"])} are gone`,
  "net.delivered": (f) => `${bytes(f["bytes"])} arrive`,
  "net.rule_effect": (f) => `${f["action"]} on the way`,
  "net.connect": (f) => `connects to ${f["host"]}`,
  "net.connect_failed": (f) => `no connection: ${f["reason"]}`,
  "net.connection_lost": (f) => `the connection is lost: ${f["reason"]}`,
  "node.started": (f) => `${f["name"]} starts`,
  "node.crashed": (f) => `${f["name"]} goes down: ${String(f["how"]).replaceAll("_", " ")}`,
  "node.stopped": (f) => `${f["name"]} stops itself`,
  "fault.injected": (f) => `fault ${f["fault"]}: ${String(f["what"]).replaceAll("_", " ")} ${f["detail"]}`,
  "fault.healed": (f) => `fault ${f["fault"]} is over: ${f["effects"]} effects`,
  "run.tail_started": () => "no more faults from here on",
};

// What happened, as a short sentence without its subject.
export function tell(run: Run, event: number): string {
  const fields = run.payload(event);
  const teller = TELLERS[run.kindName(event)];
  if (teller) {
    try {
      return teller(fields);
    } catch {
      // Another version's payload: told as it is.
    }
  }
  return fieldsText(fields) || run.kindName(event);
}
