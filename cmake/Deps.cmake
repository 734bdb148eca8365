# The dependencies, as imported targets: XNNPACK, pthreadpool, stb, protozero, nlohmann_json, CLI11,
# Catch2::Catch2 (own main) and Catch2::Catch2WithMain.
#
# They are built by the project in cmake/deps, once for each variant, into a prefix outside the tree.
# ./dev builds that and passes it here; without ./dev the one it made last is taken.

if(EMSCRIPTEN)
  set(variant "wasm-simd")
  if(BRUSHWORK_RELAXED_SIMD)
    set(variant "wasm-relaxed")
  endif()
  if(BRUSHWORK_THREADS)
    string(APPEND variant "-threads")
  endif()
else()
  # Also for the sanitizers: XNNPACK's kernels read past the end of rows on purpose.
  set(variant "native")
  if(BRUSHWORK_SANITIZE STREQUAL "thread")
    string(APPEND variant "-tsan")
  endif()
endif()

set(cache "$ENV{BRUSHWORK_CACHE}")
if(NOT cache)
  set(cache "$ENV{HOME}/.cache/brushwork")
endif()
set(BRUSHWORK_DEPS "${cache}/deps/${variant}" CACHE PATH "Prefix with the dependencies of this variant")
if(NOT EXISTS "${BRUSHWORK_DEPS}/lib/libXNNPACK.a")
  message(FATAL_ERROR
    "No dependencies in ${BRUSHWORK_DEPS}. Run './dev build', which makes them and then this.")
endif()

function(imported_library name)
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION "${BRUSHWORK_DEPS}/lib/lib${name}.a")
  target_include_directories(${name} SYSTEM INTERFACE "${BRUSHWORK_DEPS}/include/xnnpack")
endfunction()

function(header_library name)
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} SYSTEM INTERFACE "${BRUSHWORK_DEPS}/include/${ARGV1}")
endfunction()

imported_library(pthreadpool)
imported_library(XNNPACK)
target_link_libraries(XNNPACK INTERFACE pthreadpool)
if(NOT EMSCRIPTEN)
  target_link_libraries(pthreadpool INTERFACE Threads::Threads)
  target_link_libraries(XNNPACK INTERFACE m)
endif()

# stb_image reads zeros where a JPEG's data ends before its picture does, and says nothing. Our copy
# says so: after four bytes, which is how far it reads ahead.
function(stb_headers)
  set(told "${CMAKE_BINARY_DIR}/stb/stb_image.h")
  file(READ "${BRUSHWORK_DEPS}/include/stb/stb_image.h" header)
  string(REPLACE "j->nomore ? 0 : stbi__get8(j->s)"
    "j->nomore ? (j->nomore < 5 ? j->nomore++, 0 : stbi__err(\"cut off\", \"\")) : stbi__get8(j->s)"
    patched "${header}")
  if(patched STREQUAL header)
    message(FATAL_ERROR "stb_image.h is not the one that cmake/deps/sources.cmake names")
  endif()
  file(CONFIGURE OUTPUT "${told}" CONTENT "${patched}" @ONLY)
  target_include_directories(stb SYSTEM BEFORE INTERFACE "${CMAKE_BINARY_DIR}/stb")
endfunction()

header_library(stb stb)
stb_headers()
header_library(protozero protozero)
header_library(nlohmann_json nlohmann_json)
header_library(CLI11 cli11)

# Catch2 is compiled here, from its one-file source, to carry the preset's flags. That file holds a
# main too, unless told not to.
foreach(kind Catch2 Catch2WithMain)
  add_library(${kind} STATIC EXCLUDE_FROM_ALL "${BRUSHWORK_DEPS}/src/catch2/catch_amalgamated.cpp")
  target_include_directories(${kind} SYSTEM PUBLIC "${BRUSHWORK_DEPS}/include/catch2")
  target_compile_options(${kind} PRIVATE -w)
  add_library(Catch2::${kind} ALIAS ${kind})
endforeach()
target_compile_definitions(Catch2 PRIVATE CATCH_AMALGAMATED_CUSTOM_MAIN)
