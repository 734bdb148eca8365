# Where the source of each dependency comes from: a folder that ./dev has unpacked and whose
# checksum it has verified (BRUSHWORK_SOURCES/<name>), or, where there is none, the project's own
# git repository at the same commit.

include(FetchContent)

set(BRUSHWORK_SOURCES "" CACHE PATH "Folder with the unpacked sources of the dependencies")

# brushwork_source(NAME GIT_URL GIT_TAG) sets <NAME>_SOURCE to the folder of the sources.
function(brushwork_source name url tag)
  set(local "${BRUSHWORK_SOURCES}/${name}")
  if(BRUSHWORK_SOURCES AND IS_DIRECTORY "${local}")
    set(${name}_SOURCE "${local}" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "Fetching ${name} ${tag} from ${url}")
  # Populate alone: none of these is used through its own CMakeLists.
  FetchContent_Declare(${name} GIT_REPOSITORY ${url} GIT_TAG ${tag})
  FetchContent_GetProperties(${name})
  if(NOT ${name}_POPULATED)
    FetchContent_Populate(${name})
  endif()
  set(${name}_SOURCE "${${name}_SOURCE_DIR}" PARENT_SCOPE)
endfunction()

brushwork_source(xnnpack https://github.com/google/XNNPACK.git 4ea82e5)
brushwork_source(pthreadpool https://github.com/google/pthreadpool.git 560c60d)
brushwork_source(fp16 https://github.com/Maratyszcza/FP16.git 4dfe081)
brushwork_source(fxdiv https://github.com/Maratyszcza/FXdiv.git b408327)
brushwork_source(stb https://github.com/nothings/stb.git 5c20573)
brushwork_source(protozero https://github.com/mapbox/protozero.git v1.8.1)
brushwork_source(nlohmann_json https://github.com/nlohmann/json.git v3.11.3)
brushwork_source(cli11 https://github.com/CLIUtils/CLI11.git v2.4.1)
brushwork_source(catch2 https://github.com/catchorg/Catch2.git v3.7.1)
