#!/usr/bin/env node
import "../dist/cli/notebooks.js";
