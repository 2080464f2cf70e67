import { XmlError } from './errors.js';
import { libxml2WasmEngine } from './libxml2-wasm-engine.js';
import { loadLibxmljs2 } from './libxmljs2-engine.js';
import type { XmlEngine } from './xml-engine.js';

export type XmlEngineName = 'libxmljs2' | 'libxml2-wasm';

let native: XmlEngine | undefined;
let fallback: XmlEngine | undefined;

/**
 * The engine of that name, or without a name the one that is used by default: `libxmljs2` where it can be loaded
 * (it is compiled when it is installed, and only in the main thread), else `libxml2-wasm`, which runs everywhere.
 *
 * @throws XmlError `WB_XML_NO_ENGINE` when libxmljs2 is asked for by name and cannot be loaded; `cause` says why
 */
export function xmlEngine(name?: XmlEngineName): XmlEngine {
  if (name === 'libxml2-wasm') return libxml2WasmEngine;
  if (native !== undefined) return native;
  if (name === undefined && fallback !== undefined) return fallback;
  try {
    native = loadLibxmljs2();
    return native;
  } catch (error) {
    if (name === undefined) {
      fallback = libxml2WasmEngine;
      return fallback;
    }
    throw new XmlError({
      code: 'WB_XML_NO_ENGINE',
      action: 'load the XML engine libxmljs2',
      observed: error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 500) : String(error),
      advice: 'Install it with a C++ compiler and the headers of Node at hand, or use libxml2-wasm.',
      cause: error,
    });
  }
}
