// What the pages bring for the browser: the files of web/, made part of the program by the build.
#pragma once

namespace sluice::pictures {

extern const char k_timeline_js[];
extern const char k_flame_js[];
extern const char k_pictures_css[];

}  // namespace sluice::pictures
