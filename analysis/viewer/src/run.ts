// SPDX-License-Identifier: Apache-2.0
// The run of a page: its events as columns, in which lane and of which sort each is, what caused what, and which
// arrows that gives.
import type { About, Lane, LogInfo } from "./about.js";
import { ColumnSet, lowerBound, StepLine } from "./columns.js";
import { Fields, Schema } from "./schema.js";

// Sorts of events, in the order in which one hides another.
export const SORTS = ["net", "phase", "client", "broker", "write", "log", "sync", "fault"] as const;
export type Sort = (typeof SORTS)[number];

export interface Log extends LogInfo { end: StepLine; flushed: StepLine; platter: StepLine; acked: StepLine }

const NONE = -1;

function sortOf(kind: string): Sort {
  const [area, what] = kind.split(".");
  switch (area) {
    case "client": return "client";
    case "broker": return what === "log_dir_failed" ? "fault" : "broker";
    case "log": return what === "fenced" ? "fault" : "log";
    case "net": return what === "rule_effect" ? "fault" : "net";
    case "node": return what === "crashed" || what === "stopped" ? "fault" : "phase";
    case "fault": return what === "injected" ? "fault" : "phase";
    case "disk":
      if (what === "write" || what === "truncate" || what === "name") return "write";
      return what === "sync" || what === "sync_directory" ? "sync" : "fault";
    default: return "phase";
  }
}

export class Run {
  readonly count: number;
  readonly times: Float64Array;
  readonly kinds: Uint16Array;
  readonly lanes: Uint16Array;
  readonly causes: Int32Array;  // the event that led here, or -1
  readonly sorts: Uint8Array;   // place in SORTS
  readonly end: number;         // time of the last event
  readonly logs: Log[];
  readonly caches = new Map<number, StepLine>();  // unsynced bytes by node
  // By lane, and by lane and sort: the events there and their times.
  readonly laneEvents: Int32Array[];
  readonly sortTimes: Float64Array[][];
  // Arrows in the order of where they start.
  readonly arrowFrom: Int32Array;
  readonly arrowTo: Int32Array;
  readonly arrowTimes: Float64Array;
  readonly longArrows: number[] = [];  // places in the above of those that last longer than SHORT
  // Violations first, then what was permitted; each its first event or -1.
  static readonly SHORT = 2e9;

  private readonly nodes: Uint16Array;
  private readonly subjects: Uint32Array;
  private readonly numbers: Float64Array;
  private readonly offsets: Float64Array;  // of payloads
  private readonly payloads: Uint8Array;
  private readonly schemas: (Schema | undefined)[] = [];
  private firstEffect?: Int32Array;
  private nextEffect?: Int32Array;

  constructor(readonly about: About, columns: ColumnSet) {
    const count = (this.count = about.events);
    this.times = new Float64Array(count);
    const times = columns.reader("time");
    for (let i = 0, time = 0; i < count; ++i) this.times[i] = time += times.unsigned();
    this.end = count > 0 ? this.times[count - 1]! : 0;
    this.nodes = columns.fill("node", new Uint16Array(count));
    this.kinds = columns.fill("kind", new Uint16Array(count));
    this.lanes = columns.fill("lane", new Uint16Array(count));
    this.subjects = columns.fill("subject", new Uint32Array(count));
    this.causes = new Int32Array(count);
    const causes = columns.reader("cause");
    for (let i = 0; i < count; ++i) {
      const back = causes.signed();
      this.causes[i] = back === 0 ? NONE : i - back;
    }
    this.numbers = this.readNumbers(columns);
    this.offsets = new Float64Array(count + 1);
    const lengths = columns.reader("length");
    for (let i = 0; i < count; ++i) this.offsets[i + 1] = this.offsets[i]! + lengths.unsigned();
    this.payloads = columns.bytes("payload");

    const sortOfKind = about.kinds.map((kind) => SORTS.indexOf(sortOf(kind.name)));
    this.sorts = new Uint8Array(count);
    for (let i = 0; i < count; ++i) this.sorts[i] = sortOfKind[this.kinds[i]!] ?? 1;
    [this.laneEvents, this.sortTimes] = this.indexLanes();
    [this.arrowFrom, this.arrowTo] = this.findArrows();
    this.arrowTimes = Float64Array.from(this.arrowFrom, (event) => this.times[event]!);
    for (let i = 0; i < this.arrowFrom.length; ++i)
      if (this.times[this.arrowTo[i]!]! - this.arrowTimes[i]! > Run.SHORT) this.longArrows.push(i);
    this.logs = about.logs.map((log, i) => ({
      ...log,
      end: columns.line(`log${i}.end`),
      flushed: columns.line(`log${i}.flushed`),
      platter: columns.line(`log${i}.platter`),
      acked: columns.line(`log${i}.acked`),
    }));
    about.caches.forEach(({ node }, i) => this.caches.set(node, columns.line(`cache${i}`)));
  }

  kindName(event: number): string { return this.about.kinds[this.kinds[event]!]?.name ?? "unknown kind"; }
  sort(event: number): Sort { return SORTS[this.sorts[event]!]!; }
  lane(event: number): Lane { return this.about.lanes[this.lanes[event]!]!; }
  nodeName(event: number): string { return this.about.nodes[this.nodes[event]!]!.name; }
  nodeNumber(event: number): number { return this.about.nodes[this.nodes[event]!]!.number; }
  // The file that it is about, or empty.
  subject(event: number): string { return this.about.subjects[this.subjects[event]!]!; }
  // As the command line prints it: "b1:42".
  idText(event: number): string { return `${this.nodeName(event)}:${this.numbers[event]}`; }

  payload(event: number): Fields {
    const kind = this.kinds[event]!;
    const info = this.about.kinds[kind];
    if (!info) return {};
    const schema = (this.schemas[kind] ??= new Schema(info.schema));
    return schema.read(this.payloads.subarray(this.offsets[event]!, this.offsets[event + 1]!));
  }

  // The last event at or before this time, or -1.
  lastAt(time: number): number { return lowerBound(this.times, time + 1) - 1; }

  // From the event back to where it all began, without the event itself.
  causesOf(event: number, most = 40): number[] {
    const chain: number[] = [];
    for (let at = this.causes[event]!; at !== NONE && chain.length < most; at = this.causes[at]!) chain.push(at);
    return chain;
  }

  effectsOf(event: number, most = 200): number[] {
    this.indexEffects();
    const effects: number[] = [];
    for (let at = this.firstEffect![event]!; at !== NONE && effects.length < most; at = this.nextEffect![at]!)
      effects.push(at);
    return effects;
  }

  private readNumbers(columns: ColumnSet): Float64Array {
    const numbers = new Float64Array(this.count);
    const last = new Float64Array(this.about.nodes.length);
    const deltas = columns.reader("number");
    for (let i = 0; i < this.count; ++i) {
      const node = this.nodes[i]!;
      numbers[i] = last[node] = last[node]! + 1 + deltas.signed();
    }
    return numbers;
  }

  private indexLanes(): [Int32Array[], Float64Array[][]] {
    const laneCount = this.about.lanes.length;
    const totals = Array.from({ length: laneCount }, () => new Uint32Array(SORTS.length));
    for (let i = 0; i < this.count; ++i) ++totals[this.lanes[i]!]![this.sorts[i]!]!;
    const events = totals.map((perSort) => new Int32Array(perSort.reduce((a, b) => a + b, 0)));
    const times = totals.map((perSort) => Array.from(perSort, (total) => new Float64Array(total)));
    const used = new Uint32Array(laneCount);
    const usedOf = Array.from({ length: laneCount }, () => new Uint32Array(SORTS.length));
    for (let i = 0; i < this.count; ++i) {
      const lane = this.lanes[i]!;
      const sort = this.sorts[i]!;
      events[lane]![used[lane]!++] = i;
      times[lane]![sort]![usedOf[lane]![sort]!++] = this.times[i]!;
    }
    return [events, times];
  }

  // An arrow wherever a cause lies in another lane; of the segments of one message only one: the event that the
  // program made of it, or else the last to arrive.
  private findArrows(): [Int32Array, Int32Array] {
    const isDelivery = this.about.kinds.map((kind) => kind.name === "net.delivered");
    const best = new Map<number, number>();
    const laneCount = this.about.lanes.length;
    for (let i = 0; i < this.count; ++i) {
      const cause = this.causes[i]!;
      if (cause === NONE || this.lanes[cause] === this.lanes[i]) continue;
      const key = cause * laneCount + this.lanes[i]!;
      const known = best.get(key);
      if (known === undefined || isDelivery[this.kinds[known]!]) best.set(key, i);
    }
    const to = Int32Array.from(best.values());
    to.sort((a, b) => this.causes[a]! - this.causes[b]!);
    return [to.map((event) => this.causes[event]!), to];
  }

  private indexEffects(): void {
    if (this.firstEffect) return;
    this.firstEffect = new Int32Array(this.count).fill(NONE);
    this.nextEffect = new Int32Array(this.count).fill(NONE);
    for (let i = this.count - 1; i >= 0; --i) {
      const cause = this.causes[i]!;
      if (cause === NONE) continue;
      this.nextEffect[i] = this.firstEffect[cause]!;
      this.firstEffect[cause] = i;
    }
  }
}
