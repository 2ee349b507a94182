#!/usr/bin/env python3
"""The forms of pyxform's own tests: does our XForm satisfy their asserts, and do we refuse what pyxform refuses?

usage: pyxform_cases.py AUSMA [CASES.jsonl]      (-v: every difference; -k WORD: only cases with it in their name)
Reads ../shared/forms/pyxform-cases.jsonl. Exits 1 below the thresholds, or when a case differs that
tests/forms/pyxform-differences.txt does not give a reason for. Ends with "N passed, N failed, N skipped".
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, '..', '..', '..', 'shared', 'forms', 'pyxform-cases.jsonl')
LEAST_XFORM, LEAST_ERROR = 0.95, 0.90
SPACES = {
    'x': 'http://www.w3.org/2002/xforms',
    'h': 'http://www.w3.org/1999/xhtml',
    'ev': 'http://www.w3.org/2001/xml-events',
    'xsd': 'http://www.w3.org/2001/XMLSchema',
    'jr': 'http://openrosa.org/javarosa',
    'orx': 'http://openrosa.org/xforms',
    'odk': 'http://www.opendatakit.org/xforms',
    'entities': 'http://www.opendatakit.org/xforms/entities',
    're': 'http://exslt.org/regular-expressions',
}


def convert(program, case, folder, number):
    path = os.path.join(folder, f'{number}.md')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(case['md'])
    name = case['assert'].get('name') or root_name(case)
    done = subprocess.run([program, 'form', 'convert', path, '--name', name], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def root_name(case):
    """The root element that the asserts speak of."""
    return 'test_name'


def printed(etree, element):
    """An element as the asserts quote it: without declarations of namespaces."""
    text = etree.tostring(element, encoding='unicode', with_tail=False)
    return re.sub(r' xmlns(:\w+)?="[^"]*"', '', text)


def found(etree, tree, expression):
    result = tree.xpath(expression, namespaces=SPACES)
    if isinstance(result, list):
        return [item if isinstance(item, str) else printed(etree, item) for item in result]
    return result


def flat(text):
    """Blanks between elements are layout."""
    return re.sub(r'>\s+<', '><', re.sub(r'\s*/>', '/>', text)).strip()


def failures(etree, case, xml):
    """What the XForm does not satisfy, a line each."""
    wanted, bad = case['assert'], []
    tree = etree.fromstring(xml.encode())
    parts = {'xml': xml}
    for name, path in (('model', './/x:model'), ('instance', './/x:model/x:instance'), ('itext', './/x:itext')):
        element = tree.xpath(path, namespaces=SPACES)
        parts[name] = printed(etree, element[0]) if element else ''
    # Parts are quoted with the declarations that stand at the root.
    opening = re.search(r'<h:html[^>]*>', xml).group(0)
    for expression in wanted.get('xml__xpath_match', []):
        result = found(etree, tree, expression)
        if not (result if not isinstance(result, list) else len(result) == 1):
            bad.append('match: ' + ' '.join(expression.split()))
    for expression, count in wanted.get('xml__xpath_count', []):
        result = found(etree, tree, expression)
        if len(result) != count:
            bad.append(f'count {count}, got {len(result)}: {" ".join(expression.split())}')
    for expression, exact in wanted.get('xml__xpath_exact', []):
        result = found(etree, tree, expression)
        if sorted(map(flat, set(result))) != sorted(map(flat, set(exact))):
            bad.append(f'exact: {" ".join(expression.split())}: {result}')
    for name in parts:
        for text in wanted.get(name + '__contains', []):
            if flat(text) not in flat(parts[name]) and flat(text) not in opening and text not in parts[name]:
                bad.append(f'{name} contains: {text}')
        for text in wanted.get(name + '__excludes', []):
            if text in parts[name]:
                bad.append(f'{name} excludes: {text}')
    return bad


def main():
    try:
        from lxml import etree
    except ImportError:
        print('python3-lxml is not installed')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    args = [arg for arg in sys.argv[1:] if not arg.startswith('-')]
    verbose = '-v' in sys.argv
    if '-k' in sys.argv:
        args.remove(sys.argv[sys.argv.index('-k') + 1])
    program, cases = args[0], args[1] if len(args) > 1 else CASES
    if not os.path.exists(cases):
        print(f'{cases} is not there')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    with open(cases, encoding='utf-8') as file:
        cases = [json.loads(line) for line in file]
    if '-k' in sys.argv:
        cases = [case for case in cases if sys.argv[sys.argv.index('-k') + 1] in case['test']]
    reasons = {}
    with open(os.path.join(HERE, 'pyxform-differences.txt'), encoding='utf-8') as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                name, _, reason = line.strip().partition(': ')
                reasons[name] = reason
    counts = {'xform': [0, 0], 'error': [0, 0]}
    unexplained, warned = [], [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(convert, program, case, folder, i) for i, case in enumerate(cases)]
            results = [job.result() for job in jobs]
    for case, (status, xml, said) in zip(cases, results):
        kind = 'xform' if 'xform' in case else 'error'
        if kind == 'error':
            bad = [] if status == 1 else ['pyxform refuses it: ' + case['error'][:200]]
        elif status != 0:
            bad = ['refused: ' + said]
        else:
            bad = failures(etree, case, xml)
            count = case['assert'].get('warnings_count')
            if count is not None:
                warned[1] += 1
                warned[0] += said.count('warning: ') == count
                if verbose and said.count('warning: ') != count:
                    print(f'(warnings: {said.count("warning: ")}, pyxform {count}) {case["test"]} {said}')
        if status not in (0, 1):
            bad = [f'status {status}: {said}']
        counts[kind][1] += 1
        counts[kind][0] += not bad
        if not bad:
            continue
        name = case['test'].rsplit('.', 2)[-1]
        if name not in reasons:
            unexplained.append(name)
        if verbose or name not in reasons:
            print(f'--- {case["test"]} ({reasons.get(name, "no reason is written down")})')
            if verbose:
                print(case['md'])
            print('\n'.join(bad)[:3000])
            if verbose:
                print(xml)
    share = {kind: done / total if total else 1 for kind, (done, total) in counts.items()}
    for kind, words in (('xform', 'XForms satisfy the asserts'), ('error', 'errors of pyxform are errors here')):
        print(f'{words}: {counts[kind][0]} of {counts[kind][1]} ({100 * share[kind]:.1f} %)')
    print(f'as many warnings as pyxform (not asked for): {warned[0]} of {warned[1]}')
    failed = len(unexplained) + (share['xform'] < LEAST_XFORM) + (share['error'] < LEAST_ERROR)
    print(f'{sum(done for done, _ in counts.values())} passed, {failed} failed, 0 skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
