// Answers the questions of a command on a terminal as a person would: `node answers.mjs COMMAND PATTERN=ANSWER...`; others get Enter.

import { spawn } from 'node:child_process';

const [command = '', ...pairs] = process.argv.slice(2);
const answers = pairs.map(pair => {
  const at = pair.indexOf('=');
  return { pattern: new RegExp(pair.slice(0, at), 'i'), answer: pair.slice(at + 1) };
});
// A question that has no answer would otherwise be asked for ever.
const LONGEST_MS = 600_000;
const MOST_QUESTIONS = 40;

// script(1) gives the command a terminal of its own.
const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
const began = performance.now();
const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
let line = '';
let asked = 0;
child.stdout.setEncoding('utf8');
child.stdout.on('data', chunk => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: readline moves the cursor around its question
  const text = chunk.replaceAll(/\x1b\[[0-9;?]*[a-zA-Z]|\r/g, '');
  process.stdout.write(text);
  line = (line + text).slice((line + text).lastIndexOf('\n') + 1);
  if (!/[?:\]] $/.test(line)) return;
  const { answer = '' } = answers.find(({ pattern }) => pattern.test(line)) ?? {};
  line = '';
  asked += 1;
  if (asked > MOST_QUESTIONS) child.kill('SIGKILL');
  else child.stdin.write(`${answer}\r`);
});
child.once('exit', code => {
  clearTimeout(limit);
  console.log(`# ${asked} questions in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  process.exitCode = code ?? 1;
});
