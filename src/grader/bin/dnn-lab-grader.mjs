#!/usr/bin/env node
import "../dist/cli/grader.js";
