// Measures phases of the bench of a fleet: delays, lost and doubled rows of all readers, and what each program used meanwhile.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { sleep } from '../processes.mjs';
import { Delays } from './delays.mjs';

/** Milliseconds: the last row of a reader is no older than this while rows come each second. */
const FRESH = 2500;

/** Seconds that readers may need until rows come again. */
const PATIENCE = 180;

const sum = (all, number) => all.reduce((total, one) => total + number(one), 0);

/** Seconds in which a processor of the machine worked, since its start. */
function machineBusy() {
  const [user, nice, system, , , interrupt, softInterrupt] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupt + softInterrupt) / 100;
}

const percentiles = delays => ({
  rows: delays.total,
  median: delays.at(0.5),
  p99: delays.at(0.99),
  most: delays.at(1),
});

export class Phases {
  #reading;
  #programs;
  #say;
  #lost = 0;
  #doubled = 0;

  /** @param reading the processes of readers, that of the probes first */
  constructor({ reading, programs, say }) {
    this.#reading = reading;
    this.#programs = programs;
    this.#say = say;
  }

  #ask(question, details) {
    return Promise.all(this.#reading.map(process => process.ask(question, details)));
  }

  /** Resolves when every reader has a row of the last seconds. */
  async settle() {
    const begin = performance.now();
    for (;;) {
      const states = await this.#ask('state');
      if (states.every(({ without, age }) => without === 0 && age < FRESH)) return;
      if (performance.now() - begin > PATIENCE * 1000)
        throw new Error(`readers have no rows after ${PATIENCE} s: ${JSON.stringify(states)}`);
      await sleep(0.2);
    }
  }

  /** The phase lasts as long as `act`. */
  async measure(name, act) {
    await this.#take();
    const usages = this.#programs.map(({ usage }) => usage);
    const busy = machineBusy();
    const begin = performance.now();
    await act();
    const seconds = (performance.now() - begin) / 1000;
    const used = this.#programs.map((program, index) => {
      const { resident, processor } = program.usage;
      const cores = Math.max(0, processor - usages[index].processor) / seconds;
      return { name: program.name, megabytes: Math.round(resident / 1e6), cores: Number(cores.toFixed(3)) };
    });
    const counts = await this.#take();
    const all = new Delays();
    for (const { delays } of counts) all.addAll(delays);
    const probes = new Delays();
    probes.addAll(counts[0].delays);
    const result = {
      name,
      seconds: Math.round(seconds),
      lost: sum(counts, one => one.lost),
      doubled: sum(counts, one => one.doubled),
      reconnected: sum(counts, one => one.connections),
      failures: counts.flatMap(one => one.failures),
      milliseconds: percentiles(all),
      probes: percentiles(probes),
      machine: Number(((machineBusy() - busy) / seconds).toFixed(2)),
      load: loadavg()[0],
      used,
    };
    this.#print(result);
    return result;
  }

  /** Ends the rows, and looks whether each of them has come to each of its readers. */
  async end(pis) {
    const { made, dropped, gaps } = await pis.ask('status');
    const { last } = await pis.ask('stop');
    const missing = async () => sum(await this.#ask('missing', { last }), ({ rows }) => rows);
    const begin = performance.now();
    while ((await missing()) > 0 && performance.now() - begin < 30_000) await sleep(0.2);
    const neverCame = await missing();
    await this.#take();
    return {
      made,
      droppedAtPis: dropped,
      gapsAtPis: gaps,
      lost: this.#lost + neverCame,
      doubled: this.#doubled,
    };
  }

  /** The counts since the last time, which are added to those of the whole run. */
  async #take() {
    const counts = await this.#ask('take');
    this.#lost += sum(counts, ({ lost }) => lost);
    this.#doubled += sum(counts, ({ doubled }) => doubled);
    return counts;
  }

  #print({ name, seconds, lost, doubled, reconnected, failures, milliseconds, probes, machine, load, used }) {
    const line = (what, value) => this.#say(`| ${what} | ${value} |`);
    const delays = ({ rows, median, p99, most }) =>
      `${rows} rows, median ${median} ms, p99 ${p99} ms, most ${most} ms`;
    line(`**${name}**`, `${seconds} s, ${machine.toFixed(2)} cores busy, load ${load.toFixed(2)}`);
    line('all readers', delays(milliseconds));
    line('readers of a process with little to do', delays(probes));
    line('lost, doubled, connections', `${lost}, ${doubled}, ${reconnected}`);
    for (const failure of failures) line('failed', failure);
    for (const { name: program, megabytes, cores } of used) line(program, `${megabytes} MB, ${cores} cores`);
  }
}
