"use strict";
// The drawing of a run. It is made anew for each view, as vectors: sharp on paper, and never more than a few
// bars for each point of its width, however much happened.
const run = JSON.parse(document.getElementById("data").textContent);
const element = id => document.getElementById(id);
const LEAST = 200; // the closest view, in nanoseconds
// A bar's height, a lane's, how far its name stands above its bars, and the room before them: where there are many
// lanes, names stand beside.
const many = run.partitions.length > 24;
const [BAR, LANE, ABOVE, LEFT] = many ? [12, 20, -10, 110] : [18, 38, 3, 0];
const whole = {from: 0, to: Math.max(run.end, run.frame)};
// A run of many frames begins with the first few.
const view = {from: 0, to: Math.min(whole.to, run.frame * 4)};
const notable = run.events.filter(event => event[2]);

const escaped = text => text.replace(/[&<>"]/g, it => `&#${it.charCodeAt(0)};`);
const shown = ns => `${(ns / 1e6).toFixed(view.to - view.from < 2e6 ? 6 : 3)} ms`;
const whose = (partition, vcpu) => {
  const of = run.partitions[partition];
  return of.vcpus > 1 ? `${of.name} · vCPU ${vcpu}` : of.name;
};

// Lists by lane, each in the order of time, found by halving.
const by = (list, key) => {
  const lanes = new Map();
  for (const it of list) {
    const name = key(it);
    lanes.has(name) || lanes.set(name, []);
    lanes.get(name).push(it);
  }
  return lanes;
};
const windowsOf = by([...run.windows].sort((a, b) => a[3] - b[3]), it => `v${it[1]}.${it[2]}`);
const windowsOn = by([...run.windows].sort((a, b) => a[3] - b[3]), it => it[0]);
const exitsOn = by(run.exits, it => it[0]);
const interruptsOn = by(run.interrupts, it => it[0]);
const eventsOf = by(run.events, it => it[1] ?? -1);
const first = (list, time, at) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][at] < time) low = middle + 1; else high = middle;
  }
  return low;
};
// Those of a lane that are in the view: `from` and `to` are the places of their times.
function* inView(list, from, to) {
  if (!list) return;
  for (let at = Math.max(0, first(list, view.from, from) - 1); at < list.length; at++) {
    if (list[at][from] > view.to) return;
    if (list[at][to] >= view.from) yield list[at];
  }
}
function* planned(cpu) {
  for (let frame = Math.floor(view.from / run.frame); frame * run.frame < view.to; frame++)
    for (const [on, partition, vcpu, start, end] of run.plan) {
      const from = frame * run.frame + start, to = frame * run.frame + end;
      if (on === cpu && to > view.from && from < view.to) yield {from, to, partition, vcpu};
    }
}

// Bars of a lane. Those too thin to be seen apart become one, striped if they are of several.
function bars(lane, list, y, scale) {
  let text = "", thin = null;
  const flush = () => {
    if (thin) {
      const width = Math.max(thin.to - thin.from, 1);
      text += `<rect class="${thin.kind}" x="${thin.from.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${BAR}" fill="${thin.fill}" stroke="#0006" stroke-width=".5"><title>${thin.count} from ${escaped(lane)}; closer shows each</title></rect>`;
    }
    thin = null;
  };
  for (const it of list) {
    const from = Math.max(scale(it.from), LEFT - (LEFT ? 0 : 2)), to = Math.min(scale(it.to), scale.width + 2);
    if (to - from < 1.5) {
      if (thin && from - thin.to < 0.7) {
        thin.to = Math.max(thin.to, to);
        thin.count++;
        if (thin.fill !== it.fill) thin.fill = "url(#several)";
      } else {
        flush();
        thin = {from, to, fill: it.fill, kind: it.kind ?? "", count: 1};
      }
      continue;
    }
    flush();
    const label = it.label && (to - from) > it.label.length * 6.5 + 8
      ? `<text class="in ${it.kind ?? ""}" x="${(Math.max(from, LEFT) + 4).toFixed(1)}" y="${y + BAR - 5 + (many ? 3 : 0)}">${escaped(it.label)}</text>` : "";
    text += `<g data-detail="${escaped(it.detail)}"><title>${escaped(it.detail)}</title><rect class="${it.kind ?? ""}" x="${from.toFixed(2)}" y="${y}" width="${(to - from).toFixed(2)}" height="${BAR}" fill="${it.fill}" stroke="#0006" stroke-width=".5"/>${label}</g>`;
  }
  flush();
  return text;
}

// A window as one bar, pale from its end on if the end is the plan's.
function* windowBars(list, name) {
  for (const [cpu, partition, vcpu, from, to, start, end, startIs, endIs] of list) {
    const how = it => it ? "measured" : "planned";
    yield {
      from, to, label: name(cpu, partition, vcpu), fill: run.partitions[partition].colour,
      kind: endIs ? "" : startIs ? "half" : "planned",
      detail: `${whose(partition, vcpu)} on CPU ${cpu}: ${(from / 1e6).toFixed(6)} ms (${how(startIs)}) to ${(to / 1e6).toFixed(6)} ms (${how(endIs)}), ${((to - from) / 1e3).toFixed(3)} µs; planned ${(start / 1e6).toFixed(3)} to ${(end / 1e6).toFixed(3)} ms`,
    };
  }
}
function* planBars(cpu) {
  for (const it of planned(cpu))
    yield {...it, label: whose(it.partition, it.vcpu), fill: run.partitions[it.partition].colour, kind: "planned",
      detail: `planned: ${whose(it.partition, it.vcpu)}, ${(it.from / 1e6).toFixed(3)} to ${(it.to / 1e6).toFixed(3)} ms`};
}
function* exitBars(cpu) {
  for (const [, partition, vcpu, from, to, why, isOver] of inView(exitsOn.get(cpu), 3, 4))
    yield {from, to, label: to - from < 1e5 || isOver ? why : "", fill: "", kind: isOver ? "over" : "exit",
      detail: `EL2 after ${whose(partition, vcpu)}: ${why}, ${(from / 1e6).toFixed(6)} ms; ${isOver ? "its window is over, and the next guest begins" : "it goes on"} ${((to - from) / 1e3).toFixed(3)} µs later`};
  for (const [, time, number] of inView(interruptsOn.get(cpu), 1, 1))
    yield {from: time, to: time, fill: "", kind: "interrupt", detail: `interrupt ${number}, ${(time / 1e6).toFixed(6)} ms`};
}

function marks(list, y, scale) {
  let text = "", last = -9, lastBeat = -9;
  for (const [time, , isNotable, words] of inView(list, 0, 0)) {
    const x = scale(time);
    if (x < LEFT) continue;
    if (isNotable ? x - last < 3 : x - lastBeat < 2) continue;
    if (isNotable) last = x; else lastBeat = x;
    const detail = escaped(`${(time / 1e6).toFixed(6)} ms: ${words}`);
    text += isNotable
      ? `<path class="mark" data-detail="${detail}" d="M${x.toFixed(1)} ${y + BAR + 1}l5 ${many ? 6 : 9}h-10z"><title>${detail}</title></path>`
      : `<rect class="beat" data-detail="${detail}" x="${(x - 0.6).toFixed(1)}" y="${y + BAR + 1}" width="1.2" height="5"><title>${detail}</title></rect>`;
  }
  return text;
}

function scaleOf(width) {
  const span = view.to - view.from;
  const scale = time => LEFT + (time - view.from) / span * (width - LEFT);
  scale.width = width;
  return scale;
}

// Steps of the axis: 1, 2 or 5 of a power of ten, some hundred points apart.
function axis(scale, height) {
  const raw = (view.to - view.from) * 110 / (scale.width - LEFT);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find(it => it * power >= raw);
  let text = "";
  for (let frame = Math.ceil(view.from / run.frame); frame * run.frame <= view.to; frame++) {
    if ((view.to - view.from) / run.frame > scale.width / 4) break;
    const x = scale(frame * run.frame).toFixed(1);
    text += `<line class="frame" x1="${x}" x2="${x}" y1="16" y2="${height}"/>`;
  }
  for (let at = Math.ceil(view.from / step); at * step <= view.to; at++) {
    const x = scale(at * step);
    const anchor = x < LEFT + 20 ? "start" : x > scale.width - 30 ? "end" : "middle";
    const digits = Math.max(0, 6 - Math.floor(Math.log10(step) + 1e-9));
    text += `<line class="tick" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="14" y2="18"/><text x="${x.toFixed(1)}" y="11" text-anchor="${anchor}">${(at * step / 1e6).toFixed(digits)}${at * step === 0 ? " ms" : ""}</text>`;
  }
  return text;
}

// The lanes: of each CPU the plan, who ran, and EL2; then each vCPU.
function draw() {
  const width = Math.max(280, element("drawing").clientWidth || 1000);
  const scale = scaleOf(width);
  let y = 36, text = "";
  const lane = (name, inside) => {
    text += `${inside(y)}<text class="name" x="2" y="${y - ABOVE}">${escaped(name)}</text>`;
    y += LANE;
  };
  for (const cpu of run.cpus) {
    lane(`CPU ${cpu}, planned`, at => bars("the plan", planBars(cpu), at, scale));
    lane(`CPU ${cpu}, ran`, at => bars(`CPU ${cpu}`, windowBars(inView(windowsOn.get(cpu), 3, 4), (_, p, v) => whose(p, v)), at, scale));
    if (run.traced)
      lane(`CPU ${cpu}, EL2`, at => bars("EL2", exitBars(cpu), at, scale));
  }
  lane("board", at => marks(eventsOf.get(-1), at - BAR, scale));
  run.partitions.forEach((of, partition) => {
    for (let vcpu = 0; vcpu < of.vcpus; vcpu++) {
      const list = windowsOf.get(`v${partition}.${vcpu}`);
      lane(whose(partition, vcpu), at =>
        bars(of.name, windowBars(inView(list, 3, 4), cpu => run.cpus.length > 1 ? `CPU ${cpu}` : ""), at, scale)
        + (vcpu === 0 ? marks(eventsOf.get(partition), at, scale) : ""));
    }
  });
  const stripes = `<defs><pattern id="several" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#9aa"/><path d="M0 6L6 0" stroke="#677" stroke-width="1.5"/></pattern><linearGradient id="none"/></defs>`;
  element("drawing").innerHTML = `<svg viewBox="0 0 ${width} ${y - 14}" width="${width}">${stripes}${axis(scale, y - 14)}${text}</svg>`;
  overview(width);
  tell();
}

// The whole run in one strip, with what is looked for, and the view in it.
function overview(width) {
  const at = time => (time - whole.from) / (whole.to - whole.from) * width;
  let text = "", last = -9;
  for (const [time, partition] of notable) {
    const x = at(time);
    if (x - last < 1) continue;
    last = x;
    text += `<rect class="mark" x="${(x - 1).toFixed(1)}" y="4" width="2" height="20"/>`;
  }
  const from = at(view.from), to = Math.max(at(view.to), from + 2);
  element("overview").innerHTML = `<svg viewBox="0 0 ${width} 28"><rect x="${from.toFixed(1)}" y="1" width="${(to - from).toFixed(1)}" height="26" fill="#8885" stroke="currentColor"/>${text}</svg>`;
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
const within = (list, from, to) => { let n = 0; for (const _ of inView(list, from, to)) n++; return n; };
function tell() {
  const sum = (lanes, from, to) => [...lanes.values()].reduce((n, it) => n + within(it, from, to), 0);
  const frames = (view.to - view.from) / run.frame;
  const told = [`${shown(view.from)} to ${shown(view.to)}`, frames >= 0.1 ? counted(+frames.toFixed(1), "frame") : `${+((view.to - view.from) / 1e3).toFixed(3)} µs`,
    counted(sum(windowsOn, 3, 4), "window")];
  if (run.traced) told.push(counted(sum(exitsOn, 3, 4), "exit"));
  told.push(counted(notable.filter(it => it[0] >= view.from && it[0] <= view.to).length, "marked event"));
  element("view").textContent = told.join(" · ");
  let seen = null;
  for (const line of element("consoles").children) {
    const is = +line.dataset.t >= view.from && +line.dataset.t <= view.to;
    line.classList.toggle("seen", is);
    if (is) seen ??= line;
  }
  if (seen) element("consoles").scrollTop = seen.offsetTop;
}

let due = 0;
function show(from, to) {
  const span = Math.min(Math.max(to - from, LEAST), whole.to - whole.from);
  view.from = Math.min(Math.max(from, whole.from), whole.to - span);
  view.to = view.from + span;
  cancelAnimationFrame(due);
  due = requestAnimationFrame(draw);
}
const zoom = (factor, at = 0.5) => {
  const span = view.to - view.from, fixed = view.from + span * at;
  const next = Math.min(Math.max(span * factor, LEAST), whole.to - whole.from);
  show(fixed - next * at, fixed - next * at + next);
};
const pan = part => { const by = (view.to - view.from) * part; show(view.from + by, view.to + by); };
const goTo = time => {
  const span = Math.min(view.to - view.from, run.frame * 2);
  show(time - span / 2, time + span / 2);
};
const next = () => {
  const middle = (view.from + view.to) / 2;
  const found = notable.find(it => it[0] > middle + 1) ?? notable[0];
  if (found) { goTo(found[0]); element("detail").textContent = `${(found[0] / 1e6).toFixed(6)} ms: ${found[3]}`; }
};
const actions = {
  in: () => zoom(0.5), out: () => zoom(2), back: () => pan(-0.5), on: () => pan(0.5),
  frame: () => { const from = Math.floor(view.from / run.frame) * run.frame; show(from, from + run.frame); },
  all: () => show(whole.from, whole.to), next,
};
const keys = {"+": "in", "=": "in", "-": "out", ArrowLeft: "back", ArrowRight: "on", "1": "frame", "0": "all", f: "next"};

const place = event => {
  const box = element("drawing").getBoundingClientRect();
  return Math.max(0, (event.clientX - box.left - LEFT) / (box.width - LEFT));
};
element("drawing").addEventListener("wheel", event => {
  event.preventDefault();
  const steps = event.deltaY / (event.deltaMode ? 3 : 100);
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) / 1000);
  else zoom(1.3 ** steps, place(event));
}, {passive: false});
const held = new Map();
element("drawing").addEventListener("pointerdown", event => held.set(event.pointerId, event.clientX));
addEventListener("pointermove", event => {
  if (!held.has(event.pointerId)) return;
  const width = element("drawing").clientWidth - LEFT, before = [...held.values()];
  held.set(event.pointerId, event.clientX);
  const now = [...held.values()];
  if (now.length > 1) zoom(Math.abs(before[0] - before[1]) / Math.max(1, Math.abs(now[0] - now[1])));
  else pan((before[0] - now[0]) / width);
});
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, event => held.delete(event.pointerId));
element("drawing").addEventListener("click", event => {
  const told = event.target.closest("[data-detail]");
  if (told) element("detail").textContent = told.dataset.detail;
});
const jump = event => {
  if (event.type === "pointermove" && !event.buttons) return;
  const box = element("overview").getBoundingClientRect();
  const time = whole.from + (event.clientX - box.left) / box.width * (whole.to - whole.from);
  const half = (view.to - view.from) / 2;
  show(time - half, time + half);
};
element("overview").addEventListener("pointerdown", jump);
element("overview").addEventListener("pointermove", jump);
addEventListener("keydown", event => {
  const action = keys[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  actions[action]();
});
for (const id of Object.keys(actions)) element(id).addEventListener("click", actions[id]);
document.addEventListener("click", event => {
  const link = event.target.closest('a[href^="#t"]');
  if (!link) return;
  event.preventDefault();
  goTo(+link.hash.slice(2));
  element("drawing").scrollIntoView({block: "nearest"});
});
addEventListener("resize", draw);
addEventListener("beforeprint", draw);
element("controls").hidden = element("help").hidden = false;
draw();
