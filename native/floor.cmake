# lenet_torch_floor(target): keeps a library loadable wherever libtorch itself is, although it is
# built with a newer compiler and C library. floor.h says which symbols that takes and why;
# scripts/floor.js checks the result.
set(LENET_TORCH_FLOOR_FOLDER "${CMAKE_CURRENT_LIST_DIR}")

function(lenet_torch_floor target)
  target_sources(${target} PRIVATE "${LENET_TORCH_FLOOR_FOLDER}/floor.cc")
  target_compile_options(${target} PRIVATE "SHELL:-include \"${LENET_TORCH_FLOOR_FOLDER}/floor.h\"")
endfunction()
