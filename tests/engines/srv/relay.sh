#!/bin/sh
# SPDX-License-Identifier: MIT
# An entry point that passes the stop on by itself.
"$@" &
child=$!
trap 'kill -TERM $child' TERM
wait $child
trap - TERM
wait $child
