#!/usr/bin/env node
import "../dist/cli/kernel.js";
