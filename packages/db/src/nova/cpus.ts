import { CpuSet, CpuSetError } from '@whitebox/core';
import type { Json } from './json.js';

/** SetOfIntegersField: a list of numbers in no particular order. */
export function readCpus(json: Json): CpuSet {
  return checked(json, () => CpuSet.from(json.list().map((cpu) => cpu.natural())));
}

/** `0-3,^2` of the dictionaries from before Liberty (parse_cpu_spec of nova/virt/hardware.py). */
export function readCpuList(json: Json): CpuSet {
  return checked(json, () => CpuSet.parse(json.text(), 'nova'));
}

function checked(json: Json, read: () => CpuSet): CpuSet {
  try {
    return read();
  } catch (error) {
    if (error instanceof CpuSetError) throw json.wrong(error.observed, error);
    throw error;
  }
}
