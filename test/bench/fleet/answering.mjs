// Lets a process of the bench answer questions: a line of JSON comes in, and a line of JSON goes out.

import { createInterface } from 'node:readline';

/** @param answers functions by the names of their questions */
export async function answerQuestions(answers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { question, ...details } = JSON.parse(line);
    const answer = (await answers[question](details)) ?? {};
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit();
}
