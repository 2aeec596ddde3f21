// What the shared library shows: everything marked SLUICE_EXPORT, and nothing else.
#pragma once

#define SLUICE_EXPORT __attribute__((visibility("default")))
