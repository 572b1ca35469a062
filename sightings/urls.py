"""The addresses of pages, files and the API."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from sightings.api.views.plate_reader import PlateReaderView
from sightings.views import account, files, home, plates, reprocess, reviews, search, trips, uploads, vehicles, videos
from sightings.views import map as map_view
from sightings.views import sightings as sighting_views

urlpatterns = [
    path("", home.home, name="home"),
    path("demo/", home.demo, name="demo-trip"),
    path("login/", account.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("words.js", JavaScriptCatalog.as_view(packages=["sightings"]), name="words"),
    path("upload/", uploads.page, name="upload"),
    path("trips/", trips.index, name="trips"),
    path("trips/lines/", trips.lines, name="trip-lines"),
    path("trips/<int:pk>/", trips.detail, name="trip"),
    path("trips/<int:pk>/data/", trips.data, name="trip-data"),
    path("trips/<int:pk>/retry/", trips.retry, name="trip-retry"),
    path("trips/<int:pk>/stop/", trips.stop, name="trip-stop"),
    path("trips/<int:pk>/pause/", trips.pause, name="trip-pause"),
    path("trips/<int:pk>/resume/", trips.resume, name="trip-resume"),
    path("trips/<int:pk>/put-first/", trips.put_first, name="trip-put-first"),
    path("trips/<int:pk>/put-back/", trips.put_back, name="trip-put-back"),
    path("trips/<int:pk>/rename/", trips.rename, name="trip-rename"),
    path("videos/<int:pk>/camera/", videos.camera, name="video-camera"),
    path("videos/<int:pk>/boxes/", videos.boxes, name="video-boxes"),
    path("search/", search.page, name="search"),
    path("search/explain/", search.explain, name="search-explain"),
    path("map/", map_view.page, name="map"),
    path("review/", reviews.queue, name="review"),
    path("review/batch/", reviews.batch, name="review-batch"),
    path("review/batch/<int:pk>/", reviews.batch_done, name="review-batch-done"),
    path("review/batch/<int:pk>/undo/", reviews.batch_undo, name="review-batch-undo"),
    path("review/aliases/", reviews.alias_list, name="review-aliases"),
    path("review/aliases/<int:pk>/remove/", reviews.alias_remove, name="alias-remove"),
    path("sightings/<int:pk>/", sighting_views.detail, name="sighting"),
    path("sightings/<int:pk>/say/", sighting_views.say, name="sighting-say"),
    path("sightings/<int:pk>/flag/", sighting_views.flag, name="sighting-flag"),
    path("corrections/<int:pk>/undo/", sighting_views.undo, name="correction-undo"),
    path("flags/<int:pk>/resolve/", sighting_views.resolve, name="flag-resolve"),
    path("plates/<int:pk>/", plates.page, name="plate"),
    path("plates/<int:pk>/merge/", plates.merge, name="plate-merge"),
    path("plates/<int:pk>/unmerge/", plates.unmerge, name="plate-unmerge"),
    path("reprocess/", reprocess.index, name="reprocesses"),
    path("reprocess/new/", reprocess.new, name="reprocess-new"),
    path("reprocess/<int:pk>/", reprocess.detail, name="reprocess"),
    path("reprocess/<int:pk>/accept/", reprocess.accept, name="reprocess-accept"),
    path("reprocess/<int:pk>/undo/", reprocess.undo, name="reprocess-undo"),
    path("reprocess/<int:pk>/discard/", reprocess.discard, name="reprocess-discard"),
    path("reprocess/<int:pk>/pause/", reprocess.pause, name="reprocess-pause"),
    path("reprocess/<int:pk>/resume/", reprocess.resume, name="reprocess-resume"),
    path("reprocess/<int:pk>/stop/", reprocess.stop, name="reprocess-stop"),
    path("reprocess/<int:pk>/retry/", reprocess.retry, name="reprocess-retry"),
    path("vehicles/", vehicles.index, name="vehicles"),
    path("vehicles/<int:pk>/", vehicles.page, name="vehicle"),
    path("vehicles/<int:pk>/undo/", vehicles.undo, name="vehicle-undo"),
    path("files/videos/<int:pk>/", files.video, name="file-video"),
    path("files/videos/<int:pk>/light/", files.rendition, name="file-rendition"),
    path("files/videos/<int:pk>/times/", files.times, name="file-times"),
    path("files/posters/<int:pk>/", files.poster, name="file-poster"),
    path("files/crops/<path:name>", files.crop, name="file-crop"),
    path("api/v1/", include("sightings.api.urls")),
    path("v1/plate-reader/", PlateReaderView.as_view(), name="plate-reader"),
]
