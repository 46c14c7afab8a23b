import { randomInt } from 'node:crypto'

const first =
  'able bold brave bright calm clean clever crisp eager fair fast fine firm fresh gentle glad grand keen kind light lively lucky mild neat noble proud quick quiet rapid ready sharp smart smooth solid steady swift tidy warm wise young'
const second =
  'ant auk bat bee boar bream cod colt conch crab crane deer dove duck eel elk ewe fawn finch fox gnat goat goose grouse hare hawk hen jay kite koi lamb lark lynx mink mole moth mule newt owl perch'
const pick = (words: string): string => words.split(' ')[randomInt(40)] ?? ''

/** A name for what was given none, of the form that MLflow's have: `quiet-owl-417`. */
export const randomName = (): string => `${pick(first)}-${pick(second)}-${randomInt(1000)}`
