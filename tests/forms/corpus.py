#!/usr/bin/env python3
"""Every form that others wrote opens, or is refused for a true cause that tests/forms/corpus-refusals.txt names.

usage: corpus.py AUSMA [FOLDER]      (-w: write the list of refusals anew, to be read before it is committed)
Reads ../shared/forms/corpus. Ends with "N passed, N failed, N skipped".
"""
import concurrent.futures
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, '..', '..', '..', 'shared', 'forms', 'corpus')
REFUSALS = os.path.join(HERE, 'corpus-refusals.txt')
ENDS = ('.xlsx', '.xls', '.csv', '.md', '.xml')
OLD = 'this is a workbook of the old kind (.xls)'


def check(program, path):
    """The exit code and the first error of a form."""
    done = subprocess.run([program, 'form', 'check', path], capture_output=True, timeout=120)
    lines = done.stdout.decode().splitlines()
    errors = [line for line in lines if line.startswith('error: ')]
    said = errors[0][len('error: '):] if errors else done.stderr.decode().strip()
    if done.returncode == 0 and path.endswith(('.xlsx', '.csv', '.md')):
        again = subprocess.run([program, 'form', 'convert', path], capture_output=True, timeout=120)
        if again.returncode != 0:
            return again.returncode, again.stderr.decode()
    return done.returncode, said


def main():
    args = [arg for arg in sys.argv[1:] if not arg.startswith('-')]
    program, folder = args[0], args[1] if len(args) > 1 else FOLDER
    if not os.path.isdir(folder):
        print(f'{folder} is not there')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    files = sorted(os.path.relpath(os.path.join(at, name), folder)
                   for at, _, names in os.walk(folder) for name in names if name.endswith(ENDS))
    known = {}
    if os.path.exists(REFUSALS):
        with open(REFUSALS, encoding='utf-8') as file:
            for line in file:
                if line.strip() and not line.startswith('#'):
                    name, _, reason = line.rstrip('\n').partition(' | ')
                    known[name] = reason
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: check(program, os.path.join(folder, name)), files))
    opened, old, failed, refused = 0, 0, [], []
    for name, (status, said) in zip(files, results):
        if status == 0:
            opened += 1
        elif status == 1 and name.endswith('.xls') and said.startswith(OLD):
            old += 1
        elif status == 1 and known.get(name, '') and said.startswith(known[name].partition(' -- ')[0]):
            refused.append(name)
        else:
            failed.append(f'{name} | {said} ({status})')
    if '-w' in sys.argv:
        print('\n'.join(failed))
    elif failed:
        print('Not in tests/forms/corpus-refusals.txt, or for another cause:\n' + '\n'.join(failed))
    print(f'{len(files)} files: {opened} open, {old} of the old kind (.xls) say how to save them, '
          f'{len(refused)} refused for a cause that is written down')
    print(f'{opened + old + len(refused)} passed, {len(failed)} failed, 0 skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
