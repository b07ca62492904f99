#!/usr/bin/env node
import "../dist/cli/dnn-lab.js";
