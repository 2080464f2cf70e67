"""Asks the real oslo.config what it reads. One JSON list of questions on stdin, one JSON list of answers on stdout.
With --record FILE: answers the questions of that file ({"cases": [{"question": ..., "answer": ...}]}) anew.

{"parse": TEXT}: sections (names as oslo.config finds them) and values of one file, or the error.
{"files": {NAME: TEXT}, "args": [...], "ask": [[SECTION, KEY, MULTI], ...]}: values in force, interpolated, read with
these command-line arguments ("@" stands for the directory that holds the files).
"""

import importlib.metadata
import json
import os
import sys
import tempfile

from oslo_config import cfg
from oslo_config import iniparser


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8', newline='') as out:
        out.write(text)


def parse(text, directory):
    path = os.path.join(directory, 'file.conf')
    write(path, text)
    sections = {}
    parser = cfg.ConfigParser(path, {})
    parser._add_normalized(sections)
    try:
        parser.parse()
    except iniparser.ParseError as error:
        return {'error': error.msg, 'line': error.lineno}
    return {'sections': [[name, list(options.items())] for name, options in sections.items()]}


def chain(question, directory):
    for name, text in question['files'].items():
        write(os.path.join(directory, name), text)
    conf = cfg.ConfigOpts()
    for section, key, multi in question['ask']:
        kind = cfg.MultiStrOpt if multi else cfg.StrOpt
        conf.register_opt(kind(key), group=None if section == 'DEFAULT' else section)
    args = [arg.replace('@', directory) for arg in question['args']]
    conf(args=args, default_config_files=[], default_config_dirs=[])
    answers = []
    for section, key, _multi in question['ask']:
        try:
            group = conf if section == 'DEFAULT' else conf[section]
            answers.append({'value': group[key]})
        except RecursionError:
            answers.append({'error': 'recursion'})
        except Exception as error:
            answers.append({'error': type(error).__name__})
    return answers


def answer(question):
    with tempfile.TemporaryDirectory() as directory:
        if 'parse' in question:
            return parse(question['parse'], directory)
        return chain(question, directory)


if sys.argv[1:2] == ['--record']:
    with open(sys.argv[2], encoding='utf-8') as recorded:
        golden = json.load(recorded)
    for case in golden['cases']:
        case['answer'] = answer(case['question'])
    with open(sys.argv[2], 'w', encoding='utf-8') as recorded:
        recorded.write('{"oslo_config": %s, "cases": [\n' % json.dumps(importlib.metadata.version('oslo.config')))
        recorded.write(',\n'.join(json.dumps(case) for case in golden['cases']) + '\n]}\n')
else:
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
