import { argon2id, type Database } from 'latchkey/server'
import { parseImportedHash } from '../src/core/imported-hashes/imported-hash.ts'
import { ann, type Server } from './harness.ts'

/** The keys of the project whose hash Firebase publishes as a test of its scrypt, and a pepper. */
export const importedKeys = {
  pepper: 'a pepper of Devise',
  firebase: {
    signerKey: Buffer.from(
      'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
      'base64',
    ),
    saltSeparator: Buffer.from('Bw==', 'base64'),
  },
}

/** Argon2id at its lowest cost, with a pepper and Firebase's keys. */
export const importingHash = argon2id({ cost: { memoryKibibytes: 8, passes: 1 }, importedKeys })

export interface Vector {
  readonly hash: string
  readonly password: string
}

const horse = ann.password

/** Hashes from other implementations, of every family and in every notation. */
export const vectors: Readonly<Record<string, Vector>> = {
  // libxcrypt 4.4 (C), by Python's crypt.
  '$2a$ of bcrypt': vector('$2a$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'),
  '$2b$ of bcrypt': vector('$2b$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'),
  // Apache's htpasswd 2.4.71.
  '$2y$ of bcrypt': vector('$2y$05$svyKC6rFEzxf4shPRNGF1.h5q163Cki0ubQz92xoGolmttDugGLtO'),
  'letters that are no ASCII': {
    hash: '$2b$04$N9qo8uLOickgx2ZMRZoMyek.FwWStFgT0AWReLI4i3P/.HwFbZQQe',
    password: 'caf\u00e9 \u{1f40e}',
  },
  // Made by libxcrypt, of the password followed by the pepper, as in Devise.
  'Devise with its pepper': vector(
    '$bcrypt-peppered$2a$04$N9qo8uLOickgx2ZMRZoMyendg7x91vcx0/fXcBM9KNEqFZkZG2n62',
  ),
  // passlib 1.7.4.
  'scrypt of passlib': vector(
    '$scrypt$ln=10,r=8,p=1$8T7HGINwTuk9Z0xJKcU4Rw$pZnaoZRNxSS7RAJpZuJJNDqonQr+eGSVcCUmc3ZCVeQ',
  ),
  // RFC 7914 §12.
  'scrypt of its RFC': {
    hash: '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    password: 'pleaseletmein',
  },
  // @better-auth/utils 0.5.1.
  'better-auth': vector(
    '2170bc8375c093966ad0a7abdc0d5359:afafc2730787625bb529f7ba60200d1c3b2caa38c14f439eab239394d886902846f9ae061390bbb92abf3ec3f23355022652790f4e5599a024467c0c66fe1007',
  ),
  'better-auth, which folds letters together': {
    hash: '330b1cfeaeeef98f29456d10316d11d4:0ec436e9f4991be983e3c668210aa069e8c1b9b342fab99fbd87a1b3ae862e90cdb9b75c3e3f74ea73ab93b53c0d3f10af9fe095857e7c7539fba67a41c06d1e',
    password: '\u212bngstr\u00f6m \ufb01sh',
  },
  // The fourth and fifth vector of RFC 6070, as PHC strings.
  'PBKDF2 of its RFC': {
    hash: '$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE',
    password: 'password',
  },
  'PBKDF2 in two blocks': {
    hash: '$pbkdf2-sha1$i=4096$c2FsdFNBTFRzYWx0U0FMVHNhbHRTQUxUc2FsdFNBTFRzYWx0$PS7sT+QchJuAyNg2YsDkSospGpZM8vBwOA',
    password: 'passwordPASSWORDpassword',
  },
  // passlib 1.7.4.
  'PBKDF2 with SHA-256 of passlib': vector(
    '$pbkdf2-sha256$1000$//77MDEyMzQ1Njc4OWFiYw$mRDkP8jKusgct.S54gLsCDPA83VKInfdE0rYICAiBbU',
  ),
  'PBKDF2 with SHA-512 of passlib': vector(
    '$pbkdf2-sha512$1000$WOtd6/2/t7Y2hnDufU/p3Q$hBkQs3qlSHfxVmjVNQYo1owXbzkUs2PL9lcL9hVsM6ncclkuibrh5bhnPSIsbPJ/8Nh4W3Snm8XOhdxntNKrjw',
  ),
  'PBKDF2 with SHA-1 of passlib': vector(
    '$pbkdf2$1000$WYuxlrL2ntOaM6bUWmut1Q$PL2mqYBvOb.ZgD7YNI4EF70lF7I',
  ),
  // Django 5.2.17.
  'PBKDF2 with SHA-256 of Django': vector(
    'pbkdf2_sha256$1000$seasalt0123456789$X5ksOx3IH9i0N9bxAudM57+H9o6+6PbhoZP39O7USEw=',
  ),
  'PBKDF2 with SHA-1 of Django': vector(
    'pbkdf2_sha1$1000$seasalt0123456789$EY2grmzMKT6TiJnWg/ErfJzdocg=',
  ),
  // As Firebase publishes it.
  'scrypt of Firebase': {
    hash: '$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    password: 'user1password',
  },
  // OpenSSL 3, by Node's argon2Sync.
  argon2i: vector(
    '$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$S0NSbB3xLisLLSlT5NI6xK6Atd+RDuJqUDM4EV4hmpc',
  ),
  'argon2id that costs more than one of Latchkey': vector(
    '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$sZAsNK5gGhQ9XCl86YZ48p29sjS3kOLiDzh53ydZrNE',
  ),
}

function vector(hash: string): Vector {
  return { hash, password: horse }
}

/** Gives a user the hash that they had in another system, as an import does. */
export async function importHash(
  database: Database,
  { emailAddress, hash }: { emailAddress: string; hash: string },
): Promise<void> {
  const parsed = parseImportedHash(hash)
  if ('refusal' in parsed) throw new Error(`${hash}: ${parsed.refusal}`)
  const { passwordHash, scheme } = parsed
  await database.transaction((each) =>
    each.query(
      'UPDATE users SET password_hash = $1, password_scheme = $2 WHERE email_address = $3',
      [passwordHash, scheme, emailAddress],
    ),
  )
}

/** Creates a user who was imported with this hash. */
export async function importUser({ auth, database }: Server, emailAddress: string, hash: string) {
  const user = await auth.createUser({ emailAddress, password: 'nobody types this one' })
  await importHash(database, { emailAddress, hash })
  return user
}
