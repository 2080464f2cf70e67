import { DatabaseError } from './errors.js';
import { notParameterised, Sql } from './sql.js';

/** Words and signs of a statement outside of quotes and comments. */
interface Outline {
  /** Upper-case words in order, each with the depth of parentheses at which it stands. */
  readonly words: readonly { readonly word: string; readonly depth: number }[];
  readonly placeholders: number;
  readonly quotedPlaceholders: boolean;
  readonly several: boolean;
  /** Comments that the server executes. */
  readonly executableComment: boolean;
}

// In this order: comments, quoted texts, quoted names, words, the signs that matter, anything else.
const TOKEN =
  /(?<comment>#[^\n]*|--(?=\s|$)[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$))|(?<name>`(?:[^`]|``)*(?:`|$))|(?<word>[A-Za-z_@$\u0080-\uffff][\w@$\u0080-\uffff]*)|(?<sign>[?();])|(?<space>\s+)|(?<other>[\s\S])/g;

function outline(text: string): Outline {
  const words: { word: string; depth: number }[] = [];
  let placeholders = 0;
  let depth = 0;
  let quotedPlaceholders = false;
  let ended = false;
  let several = false;
  let executableComment = false;
  for (const { groups = {} } of text.matchAll(TOKEN)) {
    const { comment, space, text: quoted, name, word, sign } = groups;
    if (comment !== undefined) {
      executableComment ||= /^\/\*M?!/.test(comment);
      quotedPlaceholders ||= comment.includes('?');
      continue;
    }
    if (space !== undefined) continue;
    if (ended) several = true;
    if (quoted !== undefined || name !== undefined)
      quotedPlaceholders ||= (quoted ?? name ?? '').includes('?');
    if (word !== undefined) words.push({ word: word.toUpperCase(), depth });
    if (sign === '?') placeholders++;
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign === ';') ended = true;
  }
  return { words, placeholders, quotedPlaceholders, several, executableComment };
}

const READS = new Set(['SELECT', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'WITH', 'VALUES', 'TABLE']);
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE']);

/** A statement that may be sent, and what it does. */
export interface CheckedStatement {
  readonly text: string;
  /** `lock` reads and stops others meanwhile (FOR UPDATE); `session` changes what the next statement meets (BEGIN, USE). */
  readonly kind: 'read' | 'lock' | 'write' | 'session';
  /** The first words, for errors: "UPDATE INSTANCES". */
  readonly label: string;
}

/**
 * Refuses what must never reach the server: text that was not made by the `sql` tag, values inside of quotes, several
 * statements at once.
 *
 * @throws DatabaseError `WB_DB_NOT_PARAMETERISED`, `WB_DB_SEVERAL_STATEMENTS`
 */
export function checkStatement(statement: Sql): CheckedStatement {
  if (!Sql.isSql(statement))
    throw notParameterised(`a ${typeof statement} was given where sql\`...\` is needed`);
  const found = outline(statement.text);
  if (found.placeholders !== statement.parameters.length) {
    throw notParameterised(
      found.quotedPlaceholders
        ? 'a value stands between quotes or in a comment, where the server would read it as text'
        : `${statement.parameters.length} values for ${found.placeholders} question marks`,
    );
  }
  // The body of a function or trigger has statements of its own.
  if (found.several && found.words[0]?.word !== 'CREATE') {
    throw new DatabaseError({
      code: 'WB_DB_SEVERAL_STATEMENTS',
      action: 'check an SQL statement',
      observed: 'there is more than one statement in it',
      advice: 'Send them one by one, in a transaction where they belong together.',
    });
  }
  return {
    text: statement.text,
    kind: kindOf(found),
    label: found.words
      .slice(0, 2)
      .map(({ word }) => word)
      .join(' '),
  };
}

const SESSION_VERBS = new Set(['BEGIN', 'COMMIT', 'XA', 'LOCK', 'UNLOCK', 'USE']);
/** What may follow SET without leaving anything behind in the session but variables of the user's own. */
const SET_ELSEWHERE = /^(GLOBAL|PERSIST|PERSIST_ONLY|STATEMENT|PASSWORD|DEFAULT|@[^@].*|@@GLOBAL)$/;

function isOfSession(first: string | undefined, second = ''): boolean {
  if (first === undefined) return false;
  if (first === 'ROLLBACK') return second !== 'TO';
  if (first === 'START') return second === 'TRANSACTION';
  return SESSION_VERBS.has(first) || (first === 'SET' && !SET_ELSEWHERE.test(second));
}

/**
 * An early and clear answer, not the guard: the session is read-only as well, and an account that may only SELECT is
 * the one thing that cannot be talked round.
 */
function kindOf({ words, executableComment }: Outline): CheckedStatement['kind'] {
  const first = words[0]?.word;
  if (isOfSession(first, words[1]?.word)) return 'session';
  if (first === undefined || !READS.has(first) || executableComment) return 'write';
  // WITH ... UPDATE; EXPLAIN ANALYZE UPDATE really updates on some servers.
  if (first === 'WITH' || words[1]?.word === 'ANALYZE') {
    const verb = words.find(({ word, depth }) => depth === 0 && (word === 'SELECT' || WRITES.has(word)));
    if (verb !== undefined && WRITES.has(verb.word)) return 'write';
  }
  const pairs = words.map(({ word }, index) => `${word} ${words[index + 1]?.word ?? ''}`);
  // SELECT ... INTO OUTFILE writes a file on the server, which no session and no transaction forbids. The second word alone:
  // the first may stand right behind a number.
  if (words.some(({ word }) => word === 'OUTFILE' || word === 'DUMPFILE')) return 'write';
  const locks = ['FOR UPDATE', 'FOR SHARE', 'LOCK IN'].some((pair) => pairs.includes(pair));
  return locks ? 'lock' : 'read';
}
