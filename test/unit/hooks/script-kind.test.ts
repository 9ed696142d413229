import { isShellScript } from '../../../src/hooks/script-kind';

test.each([
  ['#!/bin/sh\n', true],
  ['#!/bin/sh', true],
  ['#! /bin/bash -eu\n', true],
  ['#!/usr/bin/env zsh\n', true],
  ['#!/usr/bin/env -S LANG=C ksh -e\n', true],
  ['#!/bin/sh\r\n', true],
  ['#!C:/Program/sh.exe\n', true],
  ['echo no first line\n', true],
  ['', true],
  ['#!/usr/bin/env node\n', false],
  ['#!/usr/bin/python3\n', false],
  ['#!/usr/bin/fish\n', false],
  ['#!/bin/tcsh\n', false],
  ['#!\n', false],
  ['\x7fELF\x02\x01\x01\0\0', false],
  ['MZ\x90\0', false],
])('%j', (text, expected) => {
  expect(isShellScript(text)).toBe(expected);
});
