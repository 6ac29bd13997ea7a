// The tests, one function per file.
#pragma once

#include "library.h"
#include "report.h"

void test_gradients(const Library& library, Report& report);
void test_optimizers(const Library& library, Report& report);
void test_inference(const Library& library, Report& report);
void test_control(const Library& library, Report& report);
void test_peers(const Library& library, Report& report);
void test_values(const Library& library, Report& report);
void test_methods(const Library& library, Report& report);
void test_interface(const Library& library, Report& report);
