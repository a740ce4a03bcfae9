import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Mode, Variables } from '../../environment-reader.ts'
import { advice, type Finding, fault, ok } from './finding.ts'

/** Judges the process, and the machine that it runs on. */
export function judgeProcess(variables: Variables, mode: Mode): Finding[] {
  const findings = [ok('node', `${process.version} on ${process.platform}`)]
  if (variables.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const found =
      'NODE_TLS_REJECT_UNAUTHORIZED=0: no certificate is verified, of a database or a mail server'
    findings.push(
      fault('tls', found, 'take it away, and name your authority in NODE_EXTRA_CA_CERTS'),
    )
  }
  if (mode === 'production' && process.getuid?.() === 0) {
    findings.push(
      advice(
        'user',
        'this is root',
        'run the server as a user of its own, who may do nothing else',
      ),
    )
  }
  return findings
}

const megabyte = 1_048_576

/** The SQLite file: who can read it, and whether it has room to grow. */
export function judgeFile(file: string): Finding[] {
  const files = [file, `${file}-wal`, `${file}-shm`].filter((each) => existsSync(each))
  const open = files.filter((each) => (statSync(each).mode & 0o077) !== 0)
  const modes =
    open.length === 0
      ? ok('files', 'they are for their owner alone')
      : fault('files', `others may read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`)
  return process.platform === 'win32' ? [judgeDisk(file)] : [modes, judgeDisk(file)]
}

function judgeDisk(file: string): Finding {
  const { bavail, bsize, blocks } = statfsSync(dirname(file))
  const free = Math.floor((bavail * bsize) / megabyte)
  const size = Math.ceil(statSync(file).size / megabyte)
  const found = `${free} MB are free, and the database has ${size}`
  const todo = 'make room: a full disk is a 503 for everybody who writes'
  if (free < 100) return fault('disk', found, todo)
  // A backup takes as much space again.
  const isScarce = free < 1_024 || free < 2 * size || bavail / blocks < 0.05
  return isScarce ? advice('disk', found, todo) : ok('disk', found)
}
