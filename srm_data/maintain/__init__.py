"""For those who keep the project: releases, notebooks, pictures, reference pages, lists, agreement."""
